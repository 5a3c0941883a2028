// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import Synchronization

/// A server on 127.0.0.1 that writes whatever bytes a test wants, HTTP or not.
final class HostileServer: Sendable {
    /// One connection, after the header of its request was read.
    struct Peer: Sendable {
        fileprivate let number: Int32
        fileprivate let server: HostileServer
        /// The header of the request.
        let request: String
        /// Where the server listens.
        var port: UInt16 { server.port }

        /// Writes, and says whether the client still takes it.
        @discardableResult
        func write(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                server.sent.withLock { $0 += count }
                rest = rest.dropFirst(count)
            }
            return true
        }

        /// Writes text.
        @discardableResult
        func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        /// Writes `head` once and `piece` for as long as it is taken.
        func flood(_ head: String, _ piece: String) {
            guard write(head) else { return }
            let pieces = Array(String(repeating: piece, count: max(1, 16_384 / piece.utf8.count)).utf8)
            while write(pieces) {}
        }
    }

    private let listener: Int32
    private let sent = Mutex(0)
    /// Where it listens.
    let port: UInt16

    /// Listens, and has `answer` write to each connection, on a thread of its own.
    init(_ answer: @escaping @Sendable (Peer) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let own = listener
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(own, $0, length) == 0 && listen(own, 16) == 0 && getsockname(own, $0, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let number = accept(own, nil, nil)
                guard number >= 0 else { break }
                guard let server = self else {
                    close(number)
                    break
                }
                Thread.detachNewThread {
                    if let request = Self.header(number) {
                        answer(Peer(number: number, server: server, request: request))
                    }
                    close(number)
                }
            }
            close(own)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Bytes that clients have taken, those in the kernel's buffers included.
    var taken: Int { sent.withLock { $0 } }

    private static func header(_ number: Int32) -> String? {
        var header: [UInt8] = []
        var byte: UInt8 = 0
        while header.count < 1 << 16, unsafe recv(number, &byte, 1, 0) == 1 {
            header.append(byte)
            if header.suffix(4) == [13, 10, 13, 10] { return String(decoding: header, as: UTF8.self) }
        }
        return nil
    }
}
