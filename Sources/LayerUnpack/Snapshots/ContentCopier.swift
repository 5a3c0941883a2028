// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Copies contents of files in the cheapest way that the file systems allow.
struct ContentCopier {
    /// Whether contents can be shared, as far as is known.
    private var clones = true
    /// Whether the kernel copies, as far as is known.
    private var copiesInKernel = true
    /// Room for copying by hand, once that was needed.
    private var buffer: [UInt8] = []

    /// Copies the content of `from` to the empty file `to`; holes stay holes.
    ///
    /// - Returns: Whether the two share their content now.
    mutating func copy(
        _ from: borrowing OwnedFileDescriptor,
        _ status: FileStatus,
        to: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> Bool {
        guard let size = Int64(exactly: status.size) else { throw LayerUnpackError(.limit, "copy file") }
        if size == 0 { return false }
        if try clone(from, to) { return true }
        do throws(SystemCallError) {
            if status.blocks >= (status.size + 511) / 512 {
                try copy(from, to, 0..<size)
            } else {
                try copyData(from, to, size)
            }
        } catch {
            throw LayerUnpackError("copy file", error)
        }
        return false
    }

    private mutating func clone(
        _ from: borrowing OwnedFileDescriptor,
        _ to: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> Bool {
        guard clones else { return false }
        let result = clinux_ioctl_value(to.rawValue, UInt(CLINUX_FICLONE), Int(from.rawValue))
        if result >= 0 { return true }
        if result == -CLINUX_ENOSPC || result == -CLINUX_EDQUOT {
            throw LayerUnpackError("copy file", SystemCallError(call: "ioctl", errno: Errno(rawValue: -result)))
        }
        // Another file system, or one that shares nothing: so it will be with the next file.
        clones = false
        return false
    }

    /// Copies the pieces of a sparse file that hold data.
    private mutating func copyData(
        _ from: borrowing OwnedFileDescriptor,
        _ to: borrowing OwnedFileDescriptor,
        _ size: Int64
    ) throws(SystemCallError) {
        let (source, target) = (from.rawValue, to.rawValue)
        var position: Int64 = 0
        while position < size {
            let data = clinux_lseek(source, position, CLINUX_SEEK_DATA)
            if data == -Int(CLINUX_ENXIO) { break }
            let start = Int64(try systemCall("lseek") { data })
            let end = Int64(try systemCall("lseek") { clinux_lseek(source, start, CLINUX_SEEK_HOLE) })
            try copy(from, to, start..<min(end, size))
            position = end
        }
        try systemCall("ftruncate") { clinux_ftruncate(target, size) }
    }

    private mutating func copy(
        _ from: borrowing OwnedFileDescriptor,
        _ to: borrowing OwnedFileDescriptor,
        _ range: Range<Int64>
    ) throws(SystemCallError) {
        let (source, target) = (from.rawValue, to.rawValue)
        var position = range.lowerBound
        for number in [source, target] { try systemCall("lseek") { clinux_lseek(number, position, CLINUX_SEEK_SET) } }
        // Across file systems, or between some, the kernel does not copy; a call that fails has copied nothing.
        let refusals = [CLINUX_EXDEV, CLINUX_EINVAL, CLINUX_EOPNOTSUPP, CLINUX_ENOSYS, CLINUX_EPERM]
        while copiesInKernel && position < range.upperBound {
            let rest = Int(clamping: range.upperBound - position)
            let result = clinux_copy_file_range(source, target, rest)
            if refusals.contains(CInt(clamping: -result)) {
                copiesInKernel = false
            } else {
                let count = try systemCall("copy_file_range") { result }
                if count == 0 { break }
                position += Int64(count)
            }
        }
        if position < range.upperBound { try copyByHand(from, to, position..<range.upperBound) }
    }

    private mutating func copyByHand(
        _ from: borrowing OwnedFileDescriptor,
        _ to: borrowing OwnedFileDescriptor,
        _ range: Range<Int64>
    ) throws(SystemCallError) {
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: 256 << 10) }
        var rest = range.upperBound - range.lowerBound
        while rest > 0 {
            let count = Int(min(Int64(try from.read(into: &buffer)), rest))
            // It became shorter while it was copied: what is missing is a hole.
            if count == 0 { return }
            try to.write(buffer[..<count])
            rest -= Int64(count)
        }
    }
}
