// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Reads the content of files piece by piece. Holes are not read: their zeros are made.
struct ContentReader {
    private static let zeros = [UInt8](repeating: 0, count: 128 << 10)

    private var buffer = [UInt8](repeating: 0, count: 128 << 10)

    /// Gives all that is in `file` to `body`, as many bytes as `status` says.
    ///
    /// - Throws: ``LayerUnpackError``: `truncated` when the file became shorter meanwhile, `systemCall`, and what `body`
    ///   throws.
    mutating func read(
        _ file: borrowing OwnedFileDescriptor,
        _ status: FileStatus,
        _ body: (ArraySlice<UInt8>) throws(LayerUnpackError) -> Void
    ) throws(LayerUnpackError) {
        let size = Int64(clamping: status.size)
        // Blocks have 512 bytes; a file that has fewer than its size needs has holes, or is compressed.
        let mayHaveHoles = status.blocks < (status.size + 511) / 512
        var offset: Int64 = 0
        while offset < size {
            if Task.isCancelled { throw LayerUnpackError(.cancelled, "read file") }
            let next = mayHaveHoles ? try Self.nextData(in: file, from: offset, size: size) : offset
            try Self.giveZeros(next - offset, body)
            offset = next
            let end = mayHaveHoles ? try Self.endOfData(in: file, from: offset, size: size) : size
            while offset < end {
                let count = min(try fill(from: file, at: offset), Int(clamping: end - offset))
                if count == 0 {
                    throw LayerUnpackError(.truncated, "read file", detail: "it became shorter while it was read")
                }
                try body(buffer[0..<count])
                offset += Int64(count)
            }
        }
    }

    private mutating func fill(
        from file: borrowing OwnedFileDescriptor,
        at offset: Int64
    ) throws(LayerUnpackError) -> Int {
        let number = file.rawValue
        do throws(SystemCallError) {
            return try systemCall("pread64") {
                unsafe buffer.withUnsafeMutableBytes { unsafe clinux_pread(number, $0.baseAddress, $0.count, offset) }
            }
        } catch {
            throw LayerUnpackError("read file", error)
        }
    }

    private static func giveZeros(
        _ count: Int64,
        _ body: (ArraySlice<UInt8>) throws(LayerUnpackError) -> Void
    ) throws(LayerUnpackError) {
        var rest = count
        while rest > 0 {
            if Task.isCancelled { throw LayerUnpackError(.cancelled, "read file") }
            let piece = min(rest, Int64(zeros.count))
            try body(zeros[0..<Int(piece)])
            rest -= piece
        }
    }

    /// Where data begins at or behind `offset`; the file's size when only a hole follows.
    private static func nextData(
        in file: borrowing OwnedFileDescriptor,
        from offset: Int64,
        size: Int64
    ) throws(LayerUnpackError) -> Int64 {
        let number = file.rawValue
        let result = clinux_lseek(number, offset, CLINUX_SEEK_DATA)
        if result >= 0 { return min(Int64(result), size) }
        switch Errno(rawValue: CInt(-result)) {
        case .noSuchAddressOrDevice: return size
        // The file system does not tell.
        case .invalidArgument: return offset
        case let errno: throw LayerUnpackError("read file", SystemCallError(call: "lseek", errno: errno))
        }
    }

    /// Where the data at `offset` ends.
    private static func endOfData(
        in file: borrowing OwnedFileDescriptor,
        from offset: Int64,
        size: Int64
    ) throws(LayerUnpackError) -> Int64 {
        guard offset < size else { return size }
        let result = clinux_lseek(file.rawValue, offset, CLINUX_SEEK_HOLE)
        if result >= 0 { return min(Int64(result), size) }
        switch Errno(rawValue: CInt(-result)) {
        case .noSuchAddressOrDevice, .invalidArgument: return size
        case let errno: throw LayerUnpackError("read file", SystemCallError(call: "lseek", errno: errno))
        }
    }
}
