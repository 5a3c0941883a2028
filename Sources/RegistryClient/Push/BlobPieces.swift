// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import ImageLayout
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// A part of a blob's file, read piece by piece as a request's body.
final class BlobPieces: TransportPieces {
    private let blob: SharedBlob
    private let position: Mutex<Range<Int64>>
    private let onRead: @Sendable (Int64) -> Void

    /// The bytes `range` of the blob; `onRead` is told how far reading has come.
    init(_ blob: SharedBlob, _ range: Range<Int64>, onRead: @escaping @Sendable (Int64) -> Void) {
        self.blob = blob
        position = Mutex(range)
        self.onRead = onRead
    }

    func next() async throws -> [UInt8]? {
        let rest = position.withLock { $0 }
        guard !rest.isEmpty else { return nil }
        let piece = try blob.read(at: rest.lowerBound, count: Int(min(rest.upperBound - rest.lowerBound, 128 << 10)))
        let reached = rest.lowerBound + Int64(piece.count)
        position.withLock { $0 = reached..<rest.upperBound }
        onRead(reached)
        return piece
    }
}

/// A blob that several requests, one after the other, read from.
final class SharedBlob: Sendable {
    private let blob: Blob
    let size: Int64

    init(_ blob: consuming Blob) {
        size = blob.size
        self.blob = blob
    }

    /// Reads `count` bytes.
    ///
    /// - Throws: `SystemCallError`: `EIO` if the file has become shorter.
    func read(at offset: Int64, count: Int) throws(SystemCallError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        let number = blob.file.rawValue
        while done < count {
            let got = try systemCall("pread") {
                unsafe bytes.withUnsafeMutableBytes {
                    unsafe clinux_pread(number, $0.baseAddress?.advanced(by: done), count - done, offset + Int64(done))
                }
            }
            guard got > 0 else { throw SystemCallError(call: "pread", errno: .ioError) }
            done += Int(got)
        }
        return bytes
    }
}
