// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
public import OCISpec

/// A blob of a store, open for reading from its beginning.
public struct Blob: ~Copyable, Sendable {
    /// What the blob is known by.
    public let digest: Digest
    /// Its size in bytes.
    public let size: Int64
    /// The regular file that holds it, opened read-only.
    public let file: OwnedFileDescriptor

    init(digest: Digest, size: Int64, file: consuming OwnedFileDescriptor) {
        self.digest = digest
        self.size = size
        self.file = file
    }

    /// Goes back to the beginning.
    func rewind() throws(ImageLayoutError) {
        let number = file.rawValue
        _ = try about("blob \(digest)") { () throws(SystemCallError) in
            try systemCall("lseek") { clinux_lseek(number, 0, CLINUX_SEEK_SET) }
        }
    }
}
