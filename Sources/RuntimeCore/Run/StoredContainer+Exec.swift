// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import NamespaceKit
public import OCIRuntime
internal import OCISpec
internal import SystemPackage

/// How another process runs in a container.
public struct ExecRequest: Sendable {
    /// The program and its arguments.
    public var command: [String]
    /// `NAME=value` entries that are added to the container's, or replace them.
    public var environment: [String] = []
    /// Its working directory; `nil` is the container's.
    public var workingDirectory: String?
    /// Its user; `nil` is the container's.
    public var user: String?
    /// A terminal of its own, of this size.
    public var terminal: TerminalSize?
    /// Its streams, and the like.
    public var options = ExecOptions()

    /// A request for `command`.
    public init(_ command: [String]) { self.command = command }
}

extension StoredContainer {
    /// Runs another process in the running container, as confined as its first one.
    ///
    /// - Throws: ``ContainerStoreError``: `wrongState` when it does not run, `invalidOptions`, `executableNotFound`,
    ///   `executableNotPermitted`, `launchFailed`. Nothing is left behind then.
    public func exec(_ request: ExecRequest) throws(ContainerStoreError) -> ExecProcess {
        let container = try runtimeContainer()
        var process = try configuration().process ?? RuntimeConfiguration.Process(cwd: "/")
        process.args = request.command
        process.env = Self.merge(process.env ?? [], request.environment)
        if let directory = request.workingDirectory { process.cwd = directory }
        process.terminal = request.terminal != nil
        process.consoleSize = request.terminal.map {
            RuntimeConfiguration.ConsoleSize(height: UInt($0.rows), width: UInt($0.columns))
        }
        if let user = request.user { try set(user, in: &process) }
        let chosen = process
        return try withRuntimeErrors { () throws(RuntimeError) in
            try container.exec(chosen, options: request.options)
        }
    }

    private func set(
        _ user: String,
        in process: inout RuntimeConfiguration.Process
    ) throws(ContainerStoreError) {
        // Looked up in a mount of our own, not in the running container, which could change it meanwhile.
        let identity = try UserLookup.identity(of: user, groups: [], in: try store.mountImage(of: metadata))
        process.user = RuntimeConfiguration.User(
            uid: identity.uid,
            gid: identity.gid,
            additionalGids: identity.additionalGroups.isEmpty ? nil : identity.additionalGroups
        )
        let own = identity.uid == 0 ? process.capabilities?.bounding : []
        process.capabilities?.effective = own
        process.capabilities?.permitted = own
    }

    /// The entries of `base`, with those of `changes` in their place or behind.
    private static func merge(_ base: [String], _ changes: [String]) -> [String] {
        func name(_ entry: String) -> [UInt8] { Array(entry.utf8.prefix { $0 != UInt8(ascii: "=") }) }
        let changed = Set(changes.map(name))
        return base.filter { !changed.contains(name($0)) } + changes.filter { $0.utf8.contains(UInt8(ascii: "=")) }
    }
}
