// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Looks for a program in a root file system, and at what it needs to be executed.
struct ProgramLookup: ~Copyable {
    let root: RootDirectory

    /// Why a program cannot be executed.
    struct Problem {
        let reason: String
        let fix: String?
    }

    /// The most bytes of a program that are looked at: headers come first.
    private static var headerSize: Int { 4096 }

    /// Why none of the candidates can be executed; `nil` when the first one that is there can.
    borrowing func problem(of candidates: [[UInt8]]) -> Problem? {
        var refused: Problem?
        for candidate in candidates {
            let path = FilePath(bytes: candidate)
            guard let file = try? root.open(path, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK), let status = try? file.status()
            else { continue }
            guard status.kind == .regular else {
                refused = refused ?? Problem(reason: "\(path) is no file", fix: "name a program")
                continue
            }
            guard status.permissions & 0o111 != 0 else {
                refused = refused ?? Problem(reason: "\(path) is not executable", fix: "chmod +x \(path) in the image")
                continue
            }
            let header = (try? Self.head(of: file)) ?? []
            return problem(ofContent: header, path)
        }
        if let refused { return refused }
        let names = candidates.map { FilePath(bytes: $0).string }
        return Problem(
            reason: "executable file not found" + (names.count > 1 ? " in $PATH" : ": \(names.first ?? "")"),
            fix: "looked for \(names.joined(separator: ", "))"
        )
    }

    private static func head(of file: borrowing OwnedFileDescriptor) throws(SystemCallError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: headerSize)
        let count = try file.read(into: &buffer)
        return Array(buffer.prefix(count))
    }

    private borrowing func problem(ofContent header: [UInt8], _ path: FilePath) -> Problem? {
        if header.starts(with: Array("#!".utf8)) {
            let line = header.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard let interpreter = words.first else { return nil }
            return missing(Array(interpreter), of: path, "interpreter")
        }
        guard let program = ProgramHeader(header) else {
            return Problem(
                reason: "\(path) is neither an ELF program nor a script that begins with #!",
                fix: "begin a script with #!/bin/sh"
            )
        }
        if program.machine != ProgramHeader.ownMachine {
            return Problem(
                reason: "\(path) is a program of another architecture (ELF machine \(program.machine))",
                fix: "use an image of this platform, or register an emulator with binfmt_misc"
            )
        }
        return program.interpreter.flatMap { missing($0, of: path, "dynamic loader") }
    }

    private borrowing func missing(_ needed: [UInt8], of path: FilePath, _ what: String) -> Problem? {
        let file = FilePath(bytes: needed)
        if (try? root.open(file, CLINUX_O_PATH)) != nil { return nil }
        return Problem(
            reason: "the \(what) \(file) of \(path) is not in the root file system",
            fix: "add it to the image, or link the program statically"
        )
    }
}

/// What the head of an ELF file says of how it is executed.
struct ProgramHeader: Equatable {
    /// The machine's number (elf(5), `e_machine`).
    let machine: UInt16
    /// The dynamic loader, where the file needs one and its name is in the head.
    let interpreter: [UInt8]?

    #if arch(arm64)
    /// The number of this machine.
    static let ownMachine: UInt16 = 183
    #else
    /// The number of this machine.
    static let ownMachine: UInt16 = 62
    #endif

    /// Reads the head of a file with little-endian numbers; `nil` when it is none of ELF.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 20, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
        machine = UInt16(bytes[18]) | UInt16(bytes[19]) << 8
        interpreter = bytes[4] == 2 ? Self.interpreter(in: bytes) : nil
    }

    /// The content of the segment PT_INTERP of a 64-bit program.
    private static func interpreter(in bytes: [UInt8]) -> [UInt8]? {
        guard let table = number(bytes, at: 32, 8), let size = number(bytes, at: 54, 2),
            let count = number(bytes, at: 56, 2), size >= 56, count <= 64
        else { return nil }
        for index in 0..<count {
            let start = table + index * size
            guard let type = number(bytes, at: start, 4) else { return nil }
            guard type == 3, let offset = number(bytes, at: start + 8, 8), let length = number(bytes, at: start + 32, 8)
            else { continue }
            guard length <= 4096, offset <= bytes.count - Int(length) else { return nil }
            return Array(bytes[offset..<offset + length].prefix { $0 != 0 })
        }
        return nil
    }

    /// A number at a place; `nil` outside of the bytes, and for one that no file's head has.
    private static func number(_ bytes: [UInt8], at place: Int, _ count: Int) -> Int? {
        guard place >= 0, place <= bytes.count - count else { return nil }
        let value = (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
        return value <= 1 << 31 ? Int(value) : nil
    }
}
