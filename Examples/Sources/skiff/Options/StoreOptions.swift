// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Logging
internal import RuntimeCore

/// Where images and containers are.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Directory of images and containers.", valueName: "dir")
    )
    var root: String?

    /// Where the store is.
    var path: FilePath { root.map { FilePath($0) } ?? ContainerStore.defaultPath }

    /// Opens the store; warnings go to standard error.
    func open() throws -> ContainerStore {
        if root?.isEmpty == true { throw Failure("--root is empty") }
        let logger = Logger(label: "skiff") { _ in WarningHandler() }
        return try ContainerStore(at: path, logger: logger)
    }
}
