// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
package import SystemPackage

/// One line of `/proc/PID/cgroup`: the group of a process in one hierarchy.
///
/// - SeeAlso: cgroups(7), section `/proc/pid/cgroup`.
package struct ProcessMembership: Hashable, Sendable {
    /// The hierarchy's number; 0 is version 2.
    package let hierarchyID: UInt64
    /// The hierarchy's controllers, or `name=...` of a named one, separated by commas; empty for version 2.
    let names: ArraySlice<UInt8>
    /// The group's path, as seen from the reader's cgroup namespace.
    let shownPath: ArraySlice<UInt8>

    /// Parses the whole file; lines that do not follow the format are skipped.
    package static func parse(_ text: [UInt8]) -> [ProcessMembership] { KernelText.lines(text).compactMap(Self.init) }

    private init?(_ line: ArraySlice<UInt8>) {
        let colon = UInt8(ascii: ":")
        guard let (id, rest) = KernelText.cut(line, at: colon), let (names, path) = KernelText.cut(rest, at: colon),
            let number = KernelText.number(id), path.first == UInt8(ascii: "/")
        else { return nil }
        hierarchyID = number
        self.names = names
        shownPath = path
    }

    /// The hierarchy's controllers, or `name=...` of a named one; empty for version 2.
    package var controllers: [String] { names.split(separator: UInt8(ascii: ",")).map(KernelText.string) }

    /// The group's path, as seen from the reader's cgroup namespace.
    package var path: FilePath { FilePath(bytes: shownPath) }

    /// Whether `name` is among the names.
    func has(_ name: [UInt8]) -> Bool {
        if names.elementsEqual(name) { return true }
        return names.split(separator: UInt8(ascii: ",")).contains { $0.elementsEqual(name) }
    }
}
