// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import SystemPackage

/// A connected unix stream socket.
package struct StreamSocket: ~Copyable, Sendable {
    /// The socket.
    package let descriptor: OwnedFileDescriptor

    /// Connects to the socket that listens at `path`, by way of its directory's descriptor, so that a long path is no
    /// problem.
    ///
    /// - Parameters:
    ///   - path: The socket.
    ///   - isBlocking: Whether this call and those that read and write wait. Without, a listener whose queue is full is
    ///     `EAGAIN`.
    /// - Returns: The connected socket.
    /// - Throws: ``SystemCallError``.
    package static func connect(to path: FilePath, isBlocking: Bool = true) throws(SystemCallError) -> StreamSocket {
        guard let name = path.lastComponent else {
            throw SystemCallError(call: "connect", path: path, errno: .invalidArgument)
        }
        let parent = path.removingLastComponent()
        let directory = try RootDirectory(at: parent.isEmpty ? "." : parent)
        let socket = OwnedFileDescriptor(
            takingOver: try systemCall("socket") {
                let flags = CLINUX_SOCK_CLOEXEC | (isBlocking ? 0 : CLINUX_SOCK_NONBLOCK)
                return clinux_unix_socket(CLINUX_SOCK_STREAM | flags)
            }
        )
        let number = socket.rawValue
        try UnixAddress.with(directory, name.string) { (address, count) in
            unsafe clinux_connect(number, address, count)
        }
        return StreamSocket(descriptor: socket)
    }

    /// The socket, without the rest.
    package consuming func takeDescriptor() -> OwnedFileDescriptor { descriptor }

    /// Sends all bytes, and a descriptor with the first of them.
    package func send(
        _ bytes: [UInt8],
        passing passed: borrowing OwnedFileDescriptor
    ) throws(SystemCallError) {
        let number = descriptor.rawValue
        let passedNumber = passed.rawValue
        let sent = try systemCall("sendmsg") {
            unsafe bytes.withUnsafeBytes { unsafe clinux_send_fd(number, $0.baseAddress, $0.count, passedNumber) }
        }
        var rest = bytes[Int(sent)...]
        while !rest.isEmpty {
            let more = try systemCall("sendmsg") {
                unsafe rest.withUnsafeBytes { unsafe clinux_send_fd(number, $0.baseAddress, $0.count, -1) }
            }
            rest = rest.dropFirst(Int(more))
        }
    }
}

/// Addresses of unix sockets in an open directory.
enum UnixAddress {
    /// Runs `body` with the address of `name` in `directory`.
    @safe static func with(
        _ directory: borrowing RootDirectory,
        _ name: String,
        _ body: (UnsafePointer<clinux_sockaddr_un>, UInt32) -> CInt
    ) throws(SystemCallError) {
        let path = Array("/proc/self/fd/\(directory.descriptor.rawValue)/\(name)".utf8)
        var address = clinux_sockaddr_un()
        address.family = UInt16(CLINUX_AF_UNIX)
        let fits = unsafe withUnsafeMutableBytes(of: &address) { raw in
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: raw[2...])
            guard path.count < room.count else { return false }
            unsafe room.copyBytes(from: path)
            return true
        }
        guard fits else { throw SystemCallError(call: "bind", path: FilePath(bytes: path), errno: .fileNameTooLong) }
        try systemCall("connect", path: FilePath(name)) {
            unsafe body(&address, UInt32(MemoryLayout<clinux_sockaddr_un>.size))
        }
    }
}
