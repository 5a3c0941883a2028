// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// The init's executable in a sealed memfd: written once per process, readable by nobody's path, changeable by nobody.
///
/// Sealing protects the host from a container that opens its own `/proc/PID/exe` for writing (CVE-2019-5736); a memfd
/// shares its pages with no file.
package enum SealedInit {
    private static let cached = Mutex<SharedDescriptor?>(nil)

    /// The sealed executable.
    ///
    /// - Throws: ``SystemCallError`` when the memfd cannot be made; the next call tries again.
    package static func descriptor() throws(SystemCallError) -> SharedDescriptor {
        try cached.withLock { (cached: inout SharedDescriptor?) throws(SystemCallError) -> SharedDescriptor in
            if let cached { return cached }
            let made = SharedDescriptor(try make())
            cached = made
            return made
        }
    }

    private static func make() throws(SystemCallError) -> OwnedFileDescriptor {
        let file = try OwnedFileDescriptor.memory(name: "skiff-init", executable: true)
        let number = file.rawValue
        let words = SealedInitImage.words
        let written = try systemCall("write") {
            unsafe words.withUnsafeBytes { unsafe clinux_write(number, $0.baseAddress, $0.count) }
        }
        guard written == words.count * 8 else { throw SystemCallError(call: "write", errno: .ioError) }
        try file.seal()
        return file
    }
}
