// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LaunchPlan
internal import LinuxSystem
internal import NamespaceKit
internal import SystemPackage

/// The program criu(8).
struct CRIU {
    private let path: FilePath
    private let container: String

    /// Finds the program.
    ///
    /// - Throws: ``RuntimeError``: `unsupported` when it is not installed.
    init(container: String) throws(RuntimeError) {
        let directories = (ProcessEnvironment.value(of: "PATH") ?? "").split(separator: ":").map {
            FilePath(String($0))
        }
        // Debian's PATH of ordinary users lacks the second.
        let places = (directories + ["/usr/sbin", "/usr/local/sbin"]).map { $0.appending("criu") }
        let found = places.first { place in
            place.withCString { unsafe clinux_faccessat2(CLINUX_AT_FDCWD, $0, CLINUX_X_OK, 0) } == 0
        }
        guard let found else {
            throw RuntimeError(
                .unsupported,
                "checkpoint and restore need the program criu",
                container: container,
                hint: "install the package criu"
            )
        }
        path = found
        self.container = container
    }

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments, without its name.
    ///   - log: The file that it logs to.
    ///   - preserved: Descriptors that it gets from 3 on.
    ///   - group: The control group that it, and what it restores, is in.
    /// - Throws: ``RuntimeError``: `checkpointFailed` with what it logged as errors.
    func run(
        _ arguments: [String],
        log: FilePath,
        preserved: [SharedDescriptor] = [],
        group: Cgroup? = nil
    ) throws(RuntimeError) {
        let exit: ProcessExit
        do {
            var process = try spawn(arguments, preserved, group)
            try process.start()
            _ = try process.process.waitForEnd()
            exit = try process.process.reap()
        } catch { throw RuntimeError(any: error, container: container, program: path.string) }
        guard exit.reason != .exited(0) else { return }
        throw RuntimeError(
            .checkpointFailed,
            "criu \(arguments[0]): \(Self.errors(in: log) ?? "\(exit.reason)")",
            container: container,
            hint: "criu check tells what this kernel lacks, and \(log) has the whole story"
        )
    }

    private func spawn(
        _ arguments: [String],
        _ preserved: [SharedDescriptor],
        _ group: Cgroup?
    ) throws -> LaunchedProcess {
        let isUnified = group?.layout.kind == .unified
        var instructions: [HostInstruction] = []
        if group != nil && !isUnified { instructions.append(.awaitHost(point: PreparedLaunch.placementPoint)) }
        let environment = ["PATH", "LANG"].compactMap { name in
            ProcessEnvironment.value(of: name).map { "\(name)=\($0)" }
        }
        instructions += [
            .findExecutable(candidates: [path.bytes]), .awaitStart(slot: PreparedLaunch.controlSlot),
            .closeDescriptors(first: 3 + UInt32(preserved.count)),
            .prepareProgram(
                arguments: ([path.string] + arguments).map { Array($0.utf8) },
                environment: environment.map { Array($0.utf8) }
            ), .announce, .execute,
        ]
        return try Launcher.launch(
            PreparedLaunch(instructions: instructions),
            streams: Launcher.Streams(
                input: try StandardStream.duplicate(0),
                output: try StandardStream.duplicate(1),
                errors: try StandardStream.duplicate(2)
            ),
            preserved: preserved,
            cgroup: isUnified ? SharedDescriptor(try group?.makeDescriptor()) : nil,
            actions: Launcher.Actions(
                place: group.map { group in
                    { processID in if !isUnified { try group.add(processID: processID) } }
                }
            )
        )
    }

    /// The lines about errors in criu's log, without their times.
    static func errors(in log: FilePath) -> String? {
        guard let bytes = try? OwnedFileDescriptor.open(log, CLINUX_O_RDONLY).readAll(limit: 64 << 20) else {
            return nil
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let errors = lines.filter { $0.contains("Error (") }.suffix(4).map { line in
            String(line.drop { $0 != ")" }.dropFirst().drop { $0 == " " })
        }
        return errors.isEmpty ? nil : errors.joined(separator: "; ")
    }
}
