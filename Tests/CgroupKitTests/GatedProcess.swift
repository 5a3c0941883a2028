// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation

/// A shell that waits for one line on its standard input before it runs a command, so that a test can put it into a
/// group first. Killed when it goes away.
final class GatedProcess {
    private let process = Process()
    private let gate = Pipe()
    private let outputPipe = Pipe()

    init(_ command: String) throws {
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "read gate; \(command)"]
        process.standardInput = gate
        process.standardOutput = outputPipe
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    var processID: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// Lets the command run.
    func open() throws {
        try gate.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        try gate.fileHandleForWriting.close()
    }

    /// Waits for the end; the exit code, or 128 and the signal.
    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
            ? 128 + process.terminationStatus : process.terminationStatus
    }

    /// Opens the gate, waits, and returns what was printed.
    func output() throws -> (status: Int32, text: String) {
        try open()
        let data = try outputPipe.fileHandleForReading.readToEnd() ?? Data()
        return (wait(), String(decoding: data, as: UTF8.self))
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
}
