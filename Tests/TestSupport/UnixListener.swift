// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Foundation
package import SystemPackage

/// A unix stream socket that listens and never accepts.
package struct UnixListener {
    private let number: Int32

    /// Listens at `path`, which must be short.
    ///
    /// - Parameters:
    ///   - path: Where.
    ///   - backlog: How many connections wait for being accepted.
    /// - Throws: When there is something of this name already.
    package init(at path: FilePath, backlog: Int32) throws {
        number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.string.utf8)
        guard bytes.count < 100 else { throw POSIXError(.ENAMETOOLONG) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let own = number
        let isListening = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(own, $0, length) == 0 && listen(own, backlog) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRINUSE) }
    }

    /// Ends listening.
    package func close() { _ = Foundation.close(number) }
}
