// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import NamespaceKit
internal import SystemPackage

/// Runs a program to its end with bytes on its standard input, and keeps what it writes.
///
/// It is spawned by the sealed init, as containers and hooks are: no code of this process runs after the clone, and no
/// descriptor but three gets there.
enum HelperProcess {
    /// How it ended, and what it wrote.
    struct Result: Sendable {
        let isSuccess: Bool
        let ending: String
        let output: [UInt8]
    }

    private struct Problem: Error, CustomStringConvertible { let description: String }

    /// Runs the first of `candidates` that can be executed.
    static func run(
        candidates: [FilePath],
        arguments: [String],
        environment: [String],
        input: [UInt8],
        outputLimit: Int,
        timeout: Duration
    ) async throws -> Result {
        guard !candidates.isEmpty else { throw Problem(description: "PATH names no directory") }
        // Files in memory, so that a program that does not read or write on cannot hold us up.
        let file = try OwnedFileDescriptor.memory(name: "skiff-credential")
        try file.write(input)
        try Self.seek(file, to: 0)
        let output = SharedDescriptor(try limitedFile(outputLimit))
        let process = try spawn(candidates, arguments, environment, input: SharedDescriptor(file), output: output)
        let ended: Bool
        do {
            ended = try await Self.ended(SharedDescriptor(process.process.descriptor.duplicate()), within: timeout)
        } catch {
            try process.process.send(signal: CLINUX_SIGKILL)
            _ = try process.process.reap()
            throw error
        }
        if !ended { try process.process.send(signal: CLINUX_SIGKILL) }
        let exit = try process.process.reap()
        switch exit.reason {
        case _ where !ended: return Result(isSuccess: false, ending: "timed out and was killed", output: [])
        case .exited(let status):
            return Result(isSuccess: status == 0, ending: "exit status \(status)", output: try written(to: output))
        case .signaled(let signal, _):
            return Result(isSuccess: false, ending: "killed by signal \(signal)", output: [])
        }
    }

    /// Waits for the end of a process without holding a thread.
    private static func ended(_ process: SharedDescriptor, within timeout: Duration) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await Readiness.shared.waitUntilReadable(process.descriptor)
                return true
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    /// A file in memory that cannot grow over `limit` bytes: writing more fails.
    private static func limitedFile(_ limit: Int) throws(SystemCallError) -> OwnedFileDescriptor {
        let file = try OwnedFileDescriptor.memory(name: "skiff-credential")
        let number = file.rawValue
        try systemCall("ftruncate") { clinux_ftruncate(number, Int64(limit)) }
        try systemCall("fcntl") { clinux_fcntl(number, CLINUX_F_ADD_SEALS, Int(CLINUX_F_SEAL_GROW)) }
        return file
    }

    /// What was written from the beginning on: the program shared the position with us.
    private static func written(to file: SharedDescriptor) throws(SystemCallError) -> [UInt8] {
        let number = file.descriptor.rawValue
        let count = try systemCall("lseek") { clinux_lseek(number, 0, CLINUX_SEEK_CUR) }
        try seek(file.descriptor, to: 0)
        return Array(try file.descriptor.readAll(limit: CredentialHelper.outputLimit).prefix(Int(count)))
    }

    private static func seek(_ file: borrowing OwnedFileDescriptor, to offset: Int64) throws(SystemCallError) {
        let number = file.rawValue
        try systemCall("lseek") { clinux_lseek(number, offset, CLINUX_SEEK_SET) }
    }

    private static func spawn(
        _ candidates: [FilePath],
        _ arguments: [String],
        _ environment: [String],
        input: SharedDescriptor,
        output: SharedDescriptor
    ) throws -> LaunchedProcess {
        let prepared = PreparedLaunch(
            instructions: [
                .findExecutable(candidates: candidates.map(\.bytes)), .awaitStart(slot: PreparedLaunch.controlSlot),
                .closeDescriptors(first: 3),
                .prepareProgram(
                    arguments: arguments.map { Array($0.utf8) },
                    environment: environment.map { Array($0.utf8) }
                ),
                .announce, .execute,
            ])
        let nowhere = SharedDescriptor(try OwnedFileDescriptor.open("/dev/null", CLINUX_O_RDWR))
        var process = try Launcher.launch(
            prepared,
            streams: Launcher.Streams(input: input, output: output, errors: nowhere),
            cgroup: nil
        )
        do throws(NamespaceError) { try process.start() } catch {
            _ = try process.process.reap()
            throw error
        }
        return process
    }
}
