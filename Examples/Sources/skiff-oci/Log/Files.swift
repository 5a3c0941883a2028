// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Whole files and texts: what a program reads and prints.
enum Files {
    /// Writes a text to a descriptor; what a closed pipe does not take is dropped.
    static func write(_ text: String, to descriptor: CInt) { write(Array(text.utf8)[...], to: descriptor) }

    /// Writes bytes to a descriptor.
    @discardableResult
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Prints a line on standard output.
    static func print(_ text: String) { write(text + "\n", to: 1) }

    /// Whether there is something of this name.
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Appends to a file, which is made when it is missing.
    static func append(_ text: String, to path: String) -> Bool {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard number >= 0 else { return false }
        let file = OwnedFileDescriptor(takingOver: number)
        let isWritten = write(Array(text.utf8)[...], to: file.rawValue)
        extendLifetime(file)
        return isWritten
    }

    /// Reads a descriptor to its end.
    static func readAll(_ descriptor: CInt) throws(SystemCallError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemCallError(call: "read", errno: Errno(rawValue: errno)) }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    /// Reads a file; `-` is standard input.
    static func read(_ path: String) throws(SystemCallError) -> [UInt8] {
        if path == "-" { return try readAll(0) }
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else {
            throw SystemCallError(call: "open", path: FilePath(path), errno: Errno(rawValue: errno))
        }
        let file = OwnedFileDescriptor(takingOver: number)
        let bytes = try readAll(file.rawValue)
        extendLifetime(file)
        return bytes
    }

    /// Makes a file; one that exists already is left alone.
    static func create(_ path: String, _ bytes: [UInt8]) throws(SystemCallError) {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard number >= 0 else {
            throw SystemCallError(call: "open", path: FilePath(path), errno: Errno(rawValue: errno))
        }
        let file = OwnedFileDescriptor(takingOver: number)
        guard write(bytes[...], to: file.rawValue) else {
            throw SystemCallError(call: "write", path: FilePath(path), errno: Errno(rawValue: errno))
        }
        try file.close()
    }
}
