// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import RuntimeCore

extension Supervisor {
    /// Starts a supervisor with `arguments`, and waits for its word.
    ///
    /// - Returns: The id of the container, which runs.
    /// - Throws: ``Failure``, as the supervisor says it.
    static func spawn(_ arguments: [String]) throws -> String {
        let ends = try FileDescriptor.pipe()
        let reading = OwnedFileDescriptor(takingOver: ends.readEnd.rawValue)
        let writing = OwnedFileDescriptor(takingOver: ends.writeEnd.rawValue)
        let result = spawn(["skiff", argument] + arguments, report: writing.rawValue)
        if result < 0 { throw Failure("start the supervisor: \(Failure.text(of: -result))") }
        try writing.close()
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe read(reading.rawValue, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            answer += buffer[..<count]
        }
        let parts = String(decoding: answer, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let status = Int32(parts[0]) else {
            throw Failure("the supervisor ended before the container ran")
        }
        if status != 0 { throw Failure(String(parts[1]), status: status) }
        return String(parts[1])
    }

    /// Runs this program in a session of its own, with nothing of ours open but the report.
    ///
    /// - Returns: Its number, or a negated error number.
    static func spawn(_ arguments: [String], report: CInt) -> CInt {
        var vector = unsafe arguments.map { unsafe strdup($0) }
        unsafe vector.append(nil)
        defer { unsafe vector.forEach { unsafe free($0) } }
        return unsafe program_spawn_detached(vector, report)
    }
}
