// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import SystemPackage

/// One end of a connection that keeps message boundaries and can pass descriptors (unix(7), `SOCK_SEQPACKET`).
package struct MessageSocket: ~Copyable, Sendable {
    /// The socket.
    package let descriptor: OwnedFileDescriptor

    package init(takingOver descriptor: consuming OwnedFileDescriptor) { self.descriptor = descriptor }

    /// Two connected ends.
    package struct Pair: ~Copyable, Sendable {
        package let ours: MessageSocket
        package let theirs: MessageSocket

        /// Our end; the other one is closed.
        package consuming func takeOurs() -> MessageSocket { ours }
    }

    /// A message and the descriptor that came with it.
    package struct Message: ~Copyable, Sendable {
        package let bytes: [UInt8]
        package var descriptor: OwnedFileDescriptor?
    }

    /// Makes two connected ends.
    package static func pair() throws(SystemCallError) -> Pair {
        var numbers: [2 of CInt] = [-1, -1]
        try systemCall("socketpair") {
            var span = numbers.mutableSpan
            return unsafe span.withUnsafeMutableBufferPointer {
                unsafe clinux_socketpair(CLINUX_SOCK_SEQPACKET | CLINUX_SOCK_CLOEXEC, $0.baseAddress)
            }
        }
        return Pair(
            ours: MessageSocket(takingOver: OwnedFileDescriptor(takingOver: numbers[0])),
            theirs: MessageSocket(takingOver: OwnedFileDescriptor(takingOver: numbers[1]))
        )
    }

    /// Sends one message.
    package func send(_ bytes: [UInt8]) throws(SystemCallError) {
        let number = descriptor.rawValue
        try systemCall("sendmsg") {
            unsafe bytes.withUnsafeBytes { unsafe clinux_send_fd(number, $0.baseAddress, $0.count, -1) }
        }
    }

    /// Sends one message and 1 to 253 descriptors with it.
    ///
    /// - Parameters:
    ///   - bytes: The message, not empty.
    ///   - numbers: The descriptors; who calls keeps them open until this returns.
    /// - Throws: ``SystemCallError`` (`sendmsg`): `EINVAL` for none or too many, `EPIPE` and `ECONNRESET` when the other
    ///   end is gone.
    package func send(_ bytes: [UInt8], passing numbers: [CInt]) throws(SystemCallError) {
        let number = descriptor.rawValue
        try systemCall("sendmsg") {
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe numbers.withUnsafeBufferPointer { numbers in
                    let count = UInt32(numbers.count)
                    return unsafe clinux_send_fds(number, bytes.baseAddress, bytes.count, numbers.baseAddress, count)
                }
            }
        }
    }

    /// Receives one message of at most `limit` bytes; an empty one when the other end is closed.
    package func receive(limit: Int = 16_384) throws(SystemCallError) -> Message {
        let number = descriptor.rawValue
        var bytes: [UInt8] = []
        var passed: CInt = -1
        try systemCall("recvmsg") {
            var result = 0
            bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, used in
                result = unsafe clinux_receive_fd(number, buffer.baseAddress, buffer.count, &passed)
                used = max(result, 0)
            }
            return result
        }
        return Message(bytes: bytes, descriptor: passed >= 0 ? OwnedFileDescriptor(takingOver: passed) : nil)
    }

    /// Whether a message, or the end, can be received without waiting.
    package var isReadable: Bool {
        get throws(SystemCallError) {
            var watched = clinux_pollfd(fd: descriptor.rawValue, events: Int16(CLINUX_POLLIN), returned: 0)
            return try systemCall("ppoll") { unsafe clinux_poll(&watched, 1, 0) } > 0
        }
    }

    /// Makes a socket that listens at `name` in `directory`, by way of the directory's descriptor, so that the length
    /// of the directory's path does not matter.
    package static func listen(
        in directory: borrowing RootDirectory,
        name: String
    ) throws(SystemCallError) -> OwnedFileDescriptor {
        let socket = OwnedFileDescriptor(
            takingOver: try systemCall("socket") { clinux_unix_socket(CLINUX_SOCK_SEQPACKET | CLINUX_SOCK_CLOEXEC) }
        )
        let number = socket.rawValue
        try UnixAddress.with(directory, name) { (address, count) in
            unsafe clinux_bind(number, address, count)
        }
        try systemCall("listen") { clinux_listen(number, 1) }
        return socket
    }

    /// Connects to the socket that listens at `name` in `directory`.
    package static func connect(
        in directory: borrowing RootDirectory,
        name: String
    ) throws(SystemCallError) -> MessageSocket {
        let socket = OwnedFileDescriptor(
            takingOver: try systemCall("socket") { clinux_unix_socket(CLINUX_SOCK_SEQPACKET | CLINUX_SOCK_CLOEXEC) }
        )
        let number = socket.rawValue
        try UnixAddress.with(directory, name) { (address, count) in
            unsafe clinux_connect(number, address, count)
        }
        return MessageSocket(takingOver: socket)
    }
}
