// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import SystemPackage

/// Runs newuidmap(1) or newgidmap(1), set-user-ID programs of the package `uidmap`.
enum MappingProgram {
    /// Where such programs are; what the caller's `PATH` says does not matter for programs with privilege.
    private static let directories = ["/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin", "/usr/sbin", "/sbin"]

    /// The program's arguments: the process, and three numbers for each range.
    static func arguments(_ name: String, _ mappings: [IDMapping], for processID: Int32) -> [String] {
        [name, "\(processID)"] + mappings.flatMap { ["\($0.containerID)", "\($0.hostID)", "\($0.count)"] }
    }

    /// Runs the program to its end.
    ///
    /// - Throws: ``NamespaceError`` with what the program printed.
    static func run(_ name: String, _ mappings: [IDMapping], for processID: Int32) throws(NamespaceError) {
        let step = "map the container's users with \(name)"
        let file = name == "newuidmap" ? "/etc/subuid" : "/etc/subgid"
        do {
            let ends = try OwnedFileDescriptor.pipe().shared()
            let reading = ends.reading
            let process = try spawn(arguments(name, mappings, for: processID), errors: ends.writing)
            _ = consume ends
            let text = String(decoding: try reading.descriptor.readAll(limit: 4096), as: UTF8.self)
            if try process.process.reap().reason == .exited(0) { return }
            let said = text.split(separator: "\n").first.map { ": \($0)" } ?? ""
            throw NamespaceError(
                .systemCall,
                step: step + said,
                hint: "\(file) must give the ranges to the caller; the caller's own id needs no range"
            )
        } catch let error as NamespaceError {
            guard error.code == .executableNotFound else { throw error }
            throw NamespaceError(
                .systemCall,
                step: step,
                cause: error.cause,
                hint:
                    "without privilege only the caller's own uid and gid can be mapped, one each; for ranges install uidmap"
            )
        } catch let error as SystemCallError { throw NamespaceError(step, error) } catch {
            throw NamespaceError(.systemCall, step: "\(step): \(error)")
        }
    }

    /// The writing end of the pipe is the program's only when this returns.
    private static func spawn(_ arguments: [String], errors: SharedDescriptor) throws -> LaunchedProcess {
        let name = arguments[0]
        let prepared = PreparedLaunch(instructions: [
            .findExecutable(candidates: directories.map { Array("\($0)/\(name)".utf8) }),
            .awaitStart(slot: PreparedLaunch.controlSlot), .closeDescriptors(first: 3),
            .prepareProgram(arguments: arguments.map { Array($0.utf8) }, environment: []), .announce, .execute,
        ])
        let null = SharedDescriptor(try .open("/dev/null", CLINUX_O_RDWR))
        var launched = try Launcher.launch(
            prepared,
            streams: Launcher.Streams(input: null, output: errors, errors: errors),
            cgroup: nil
        )
        try launched.start()
        return launched
    }
}
