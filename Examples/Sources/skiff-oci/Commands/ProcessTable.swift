// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import LinuxSystem

/// What ps(1) of the host prints, reduced to some processes.
enum ProcessTable {
    /// Runs ps and keeps the header and the lines of `processIDs`.
    ///
    /// - Throws: ``ProgramError`` when ps fails, or does not print the numbers of processes.
    static func text(of processIDs: Set<Int32>, options: [String]) throws -> String {
        let lines = try output(["ps"] + options).split(separator: "\n")
        guard let header = lines.first,
            let column = header.split(separator: " ").firstIndex(where: { $0 == "PID" })
        else { throw ProgramError("no column PID in the output of ps \(options.joined(separator: " "))") }
        let chosen = lines.dropFirst().filter { line in
            let fields = line.split(separator: " ")
            return fields.indices.contains(column) && Int32(fields[column]).map(processIDs.contains) == true
        }
        return ([header] + chosen).joined(separator: "\n")
    }

    private static func output(_ arguments: [String]) throws -> String {
        var vector = unsafe arguments.map { unsafe strdup($0) }
        unsafe vector.append(nil)
        defer { unsafe vector.forEach { unsafe free($0) } }
        var reading: CInt = -1
        let process = unsafe program_spawn(vector, &reading)
        try ProgramError.check("run ps", "posix_spawnp", "ps", process)
        let pipe = OwnedFileDescriptor(takingOver: reading)
        let bytes = try Files.readAll(pipe.rawValue)
        extendLifetime(pipe)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw ProgramError("ps \(arguments.dropFirst().joined(separator: " ")) failed") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
