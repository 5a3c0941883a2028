// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

package import SystemPackage

/// Runs `body` with `bytes` as a NUL-terminated C string.
///
/// The caller has checked that `bytes` holds no NUL; the kernel would see a shorter name.
@safe package func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var terminated = bytes
    terminated.append(0)
    return unsafe terminated.withUnsafeBufferPointer { buffer in
        unsafe buffer.withMemoryRebound(to: CChar.self) { chars in
            guard let base = chars.baseAddress else { preconditionFailure("a terminated string has an address") }
            return unsafe body(base)
        }
    }
}

extension FilePath {
    /// Makes a path of raw bytes; bytes from a first NUL on are dropped.
    package init(bytes: some Sequence<UInt8>) {
        self = LinuxSystem.withCString(Array(bytes)) { unsafe FilePath(platformString: $0) }
    }

    /// The path's bytes, without a terminator.
    package var bytes: [UInt8] {
        unsafe withPlatformString { pointer in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(length)
            var cursor = unsafe pointer
            while unsafe cursor.pointee != 0 {
                bytes.append(UInt8(bitPattern: unsafe cursor.pointee))
                unsafe cursor += 1
            }
            return bytes
        }
    }

    /// Whether it is one name: no separator, not empty, neither `.` nor `..`.
    package var isName: Bool {
        unsafe withPlatformString { pointer in
            var count = 0
            var isDots = true
            while unsafe pointer[count] != 0 {
                let character = UInt8(bitPattern: unsafe pointer[count])
                if character == UInt8(ascii: "/") { return false }
                if character != UInt8(ascii: ".") { isDots = false }
                count += 1
            }
            return count > 2 || count > 0 && !isDots
        }
    }

    /// Runs `body` with the path as a C string.
    @safe package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        unsafe withPlatformString { unsafe body($0) }
    }
}
