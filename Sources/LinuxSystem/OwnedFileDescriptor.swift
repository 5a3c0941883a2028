// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import SystemPackage

/// A file descriptor with exactly one owner, closed when its owner goes away.
///
/// Descriptors made by this library are close-on-exec.
public struct OwnedFileDescriptor: ~Copyable, Sendable {
    /// The descriptor's number, valid only while this value lives.
    public let rawValue: CInt

    /// Takes over `rawValue`, which must be open and owned by nobody else.
    public init(takingOver rawValue: CInt) { self.rawValue = rawValue }

    /// Closes the descriptor now.
    ///
    /// The number is free afterwards in every case, so a failed close is never retried.
    ///
    /// - Throws: ``SystemCallError`` with the error that `close(2)` reported, such as a delayed write error.
    public consuming func close() throws(SystemCallError) {
        let number = rawValue
        discard self
        let result = clinux_close(number)
        if result < 0 { throw SystemCallError(call: "close", errno: Errno(rawValue: -result)) }
    }

    /// Gives the number away; the caller must close it.
    package consuming func release() -> CInt {
        let number = rawValue
        discard self
        return number
    }

    /// Makes a second descriptor for the same open file description.
    ///
    /// - Throws: ``SystemCallError`` (`fcntl`), for example `EMFILE`.
    public func duplicate() throws(SystemCallError) -> OwnedFileDescriptor {
        let number = rawValue
        return OwnedFileDescriptor(
            takingOver: try systemCall("fcntl") { clinux_fcntl(number, CLINUX_F_DUPFD_CLOEXEC, 3) }
        )
    }

    deinit { _ = clinux_close(rawValue) }
}
