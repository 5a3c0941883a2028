// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import OCISpec
import SystemPackage
import Testing

@testable import OCIRuntime

/// Changes of a configuration, and what mapping it says.
struct MappingFixture: CustomTestStringConvertible, Sendable {
    let name: String
    let change: @Sendable (inout RuntimeConfiguration) -> Void

    init(_ name: String, _ change: @escaping @Sendable (inout RuntimeConfiguration) -> Void) {
        self.name = name
        self.change = change
    }

    var testDescription: String { name }

    func map() throws(RuntimeError) -> MappedContainer { try Self.map(change) }

    /// Maps the example after a change.
    static func map(_ change: (inout RuntimeConfiguration) -> Void = { _ in }) throws(RuntimeError) -> MappedContainer {
        var configuration = RuntimeConfiguration.example
        change(&configuration)
        return try ConfigurationMapper.map(configuration, bundle: "/bundle", id: "c1")
    }

    /// Maps one mount.
    static func mount(
        _ destination: String = "/mnt",
        type: String? = nil,
        source: String? = nil,
        options: [String]
    ) throws(RuntimeError) -> ContainerMount? {
        try map {
            $0.mounts = [.init(destination: destination, type: type, source: source, options: options)]
        }.container.mounts.first
    }
}
