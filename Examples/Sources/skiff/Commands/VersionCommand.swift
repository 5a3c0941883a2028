// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Show the version.")

    @OptionGroup var store: StoreOptions

    mutating func run() throws {
        try Output.line(Version.text)
        try Output.line("OCI runtime specification \(Runtime.specificationVersion)")
        try Output.line("store \(store.path)")
    }
}
