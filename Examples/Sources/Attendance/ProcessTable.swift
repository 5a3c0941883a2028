// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import LinuxSystem

/// What ps(1) of the host prints, reduced to some processes.
package enum ProcessTable {
    /// Why there is no table.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Runs ps and keeps the header and the lines of `processIDs`.
    ///
    /// - Throws: ``Failure`` when ps fails, or does not print the numbers of processes.
    package static func text(of processIDs: Set<Int32>, options: [String]) throws(Failure) -> String {
        let lines = try output(["ps"] + options).split(separator: "\n")
        guard let header = lines.first,
            let column = header.split(separator: " ").firstIndex(where: { $0 == "PID" })
        else { throw Failure(description: "no column PID in the output of ps \(options.joined(separator: " "))") }
        let chosen = lines.dropFirst().filter { line in
            let fields = line.split(separator: " ")
            return fields.indices.contains(column) && Int32(fields[column]).map(processIDs.contains) == true
        }
        return ([header] + chosen).joined(separator: "\n")
    }

    private static func output(_ arguments: [String]) throws(Failure) -> String {
        var vector = unsafe arguments.map { unsafe strdup($0) }
        unsafe vector.append(nil)
        defer { unsafe vector.forEach { unsafe free($0) } }
        var reading: CInt = -1
        let process = unsafe program_spawn(vector, &reading)
        guard process >= 0 else {
            throw Failure(description: "run ps: \(unsafe String(cString: strerror(-process)).lowercased())")
        }
        let pipe = OwnedFileDescriptor(takingOver: reading)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(pipe.rawValue, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            bytes += buffer.prefix(count)
        }
        extendLifetime(pipe)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else {
            throw Failure(description: "ps \(arguments.dropFirst().joined(separator: " ")) failed")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
