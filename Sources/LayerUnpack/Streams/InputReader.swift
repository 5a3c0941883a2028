// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// Reads a blob front to back, counting and, where its digest is known, hashing it.
///
/// Regular files are read by position, so that one descriptor can serve several readers; anything else is read as it
/// comes, and never waits once the other side has given up.
final class InputReader {
    private let source: LayerSource
    private let queue: ChunkQueue
    private let isSeekable: Bool
    private var position: UInt64 = 0
    private var hash: StreamHash?
    /// What was read of the blob before; comes first.
    private var readAhead: [UInt8]

    init(_ source: LayerSource, queue: ChunkQueue) throws(LayerUnpackError) {
        self.source = source
        self.queue = queue
        readAhead = source.readAhead
        hash = source.digest.map { StreamHash($0.algorithm) }
        do throws(SystemCallError) { isSeekable = try source.descriptor.status().kind == .regular } catch {
            throw LayerUnpackError("read blob", error)
        }
    }

    /// Fills the front of `buffer`; 0 at the end, by when size and digest have been compared.
    @unsafe func read(into buffer: UnsafeMutableRawBufferPointer) throws(LayerUnpackError) -> Int {
        let number = source.descriptor.rawValue
        let count: Int
        do throws(SystemCallError) {
            if !readAhead.isEmpty {
                count = unsafe take(into: buffer)
            } else if isSeekable {
                let offset = Int64(position)
                let wanted = try available(buffer.count)
                count = try systemCall("pread64") {
                    unsafe clinux_pread(number, buffer.baseAddress, wanted, offset)
                }
            } else {
                try queue.waitUntilReadable(source.descriptor)
                count = try systemCall("read") { unsafe clinux_read(number, buffer.baseAddress, buffer.count) }
            }
        } catch {
            throw LayerUnpackError("read blob", error)
        }
        if count == 0 {
            try finish()
            return 0
        }
        position += UInt64(count)
        if let expected = source.size, position > expected {
            throw LayerUnpackError(
                .sizeMismatch,
                "read blob",
                detail: "longer than the \(expected) bytes of its descriptor"
            )
        }
        unsafe hash?.update(UnsafeRawBufferPointer(rebasing: buffer[0..<count]))
        return count
    }

    /// Hands on what was read before.
    @unsafe private func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(readAhead.count, buffer.count)
        unsafe buffer.copyBytes(from: readAhead[..<count])
        readAhead.removeFirst(count)
        return count
    }

    /// How much of a file can be read now, as far as it is wanted; 0 at the end of one that has grown whole.
    ///
    /// - Throws: ``SystemCallError``: `ECANCELED` when the rest will not come, or the other side gave up.
    private func available(_ wanted: Int) throws(SystemCallError) -> Int {
        guard let growth = source.growth else { return wanted }
        while true {
            switch growth.step(after: position) {
            case .read(let end): return min(wanted, Int(clamping: end - position))
            case .end: return 0
            case .broken: throw SystemCallError(call: "pread64", errno: .canceled)
            case .wait:
                try queue.waitUntilReadable(growth.signal.descriptor)
                growth.signal.wait()
            }
        }
    }

    private func finish() throws(LayerUnpackError) {
        if let expected = source.size, position != expected {
            throw LayerUnpackError(
                .sizeMismatch,
                "read blob",
                detail: "\(position) bytes instead of the \(expected) of its descriptor"
            )
        }
        if let expected = source.digest, let actual = hash?.finalize(), actual != expected {
            throw LayerUnpackError(.digestMismatch, "read blob", detail: "\(actual) instead of \(expected)")
        }
        hash = nil
    }
}
