// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCISpec

/// The process that `exec` is asked for.
enum ExecProcessDescription {
    /// From a file, or from the container's first process and the options.
    static func process(
        _ arguments: ParsedArguments,
        after first: RuntimeConfiguration.Process?
    ) throws -> RuntimeConfiguration.Process {
        let command = Array(arguments.operands.dropFirst())
        guard let path = arguments.value(of: .process) else {
            guard !command.isEmpty else { throw UsageError("exec: no command, and no --process FILE") }
            return try process(running: command, arguments, after: first)
        }
        guard command.isEmpty else { throw UsageError("exec: a command and --process FILE exclude each other") }
        var process = try read(path)
        if arguments.has(.terminal) { process.terminal = true }
        return process
    }

    private static func read(_ path: String) throws(ProgramError) -> RuntimeConfiguration.Process {
        let bytes: [UInt8]
        do throws(SystemCallError) { bytes = try Files.read(path) } catch {
            throw ProgramError("read the process: \(error)")
        }
        do throws(JSONError) { return try RuntimeConfiguration.Process(json: bytes) } catch {
            throw ProgramError("\(path): \(error)")
        }
    }

    private static func process(
        running command: [String],
        _ arguments: ParsedArguments,
        after first: RuntimeConfiguration.Process?
    ) throws -> RuntimeConfiguration.Process {
        guard var process = first else { throw ProgramError("the container has no process to take after") }
        process.args = command
        process.terminal = arguments.has(.terminal)
        process.env = (process.env ?? []) + arguments.values(of: .environment)
        if let directory = arguments.value(of: .workingDirectory) { process.cwd = directory }
        if let profile = arguments.value(of: .appArmor) { process.apparmorProfile = profile }
        if let label = arguments.value(of: .processLabel) { process.selinuxLabel = label }
        if arguments.has(.noNewPrivileges) { process.noNewPrivileges = true }
        if let user = arguments.value(of: .user) { try set(user, of: &process.user) }
        let groups = try arguments.values(of: .additionalGroups).map { try number($0, of: "--additional-gids") }
        process.user.additionalGids = (process.user.additionalGids ?? []) + groups
        let names = arguments.values(of: .capability)
        if !names.isEmpty { process.capabilities = adding(names, to: process) }
        return process
    }

    private static func set(_ text: String, of user: inout RuntimeConfiguration.User) throws(UsageError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw UsageError("--user \(text): UID or UID:GID is needed") }
        user.uid = try number(String(parts[0]), of: "--user")
        if parts.count == 2 { user.gid = try number(String(parts[1]), of: "--user") }
    }

    private static func number(_ text: String, of option: String) throws(UsageError) -> UInt32 {
        guard let number = UInt32(text) else {
            throw UsageError("\(option) \(text): ids are numbers; names are not looked up")
        }
        return number
    }

    /// More capabilities. Ambient ones follow where the configuration has inheritable ones, as with runc, and for who
    /// is not root: over `execve` only those are kept.
    private static func adding(
        _ names: [String],
        to process: RuntimeConfiguration.Process
    ) -> RuntimeConfiguration.Capabilities {
        var sets = process.capabilities ?? RuntimeConfiguration.Capabilities()
        sets.bounding = (sets.bounding ?? []) + names
        sets.effective = (sets.effective ?? []) + names
        sets.permitted = (sets.permitted ?? []) + names
        if process.user.uid != 0 { sets.inheritable = (sets.inheritable ?? []) + names }
        if sets.inheritable != nil { sets.ambient = (sets.ambient ?? []) + names }
        return sets
    }
}
