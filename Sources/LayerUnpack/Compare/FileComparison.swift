// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Compares two files that have the same name in two trees.
struct FileComparison {
    private var lowerContent = [UInt8](repeating: 0, count: 128 << 10)
    private var upperContent = [UInt8](repeating: 0, count: 128 << 10)

    /// Whether type, mode and owner are equal, and for devices and regular files what else `statx(2)` says.
    static func haveEqualMetadata(_ lower: FileStatus, _ upper: FileStatus) -> Bool {
        guard lower.kind == upper.kind, lower.permissions == upper.permissions, lower.uid == upper.uid,
            lower.gid == upper.gid
        else { return false }
        switch lower.kind {
        case .regular: return lower.size == upper.size
        case .character, .block: return lower.represents == upper.represents
        case .directory, .symlink, .fifo, .socket, .unknown: return true
        }
    }

    /// Whether two open files have the same extended attributes, of those that a layer may set.
    static func haveEqualAttributes(
        _ lower: borrowing OwnedFileDescriptor,
        _ upper: borrowing OwnedFileDescriptor,
        _ kind: TarEntry.Kind
    ) throws(LayerUnpackError) -> Bool {
        try EntryWriter.attributes(of: lower, kind) == EntryWriter.attributes(of: upper, kind)
    }

    /// Whether two files, which are no directories, are equal in everything but their links.
    mutating func areEqual(
        _ name: [UInt8],
        in lower: TreeDirectory,
        _ lowerStatus: FileStatus,
        and upper: TreeDirectory,
        _ upperStatus: FileStatus
    ) throws(LayerUnpackError) -> Bool {
        if FileIdentity(lowerStatus) == FileIdentity(upperStatus) { return true }
        guard Self.haveEqualMetadata(lowerStatus, upperStatus), lowerStatus.modified == upperStatus.modified else {
            return false
        }
        switch upperStatus.kind {
        case .symlink: return try lower.readLink(name) == upper.readLink(name)
        case .regular:
            let flags = CLINUX_O_RDONLY | CLINUX_O_NONBLOCK
            let one = try lower.open(name, flags)
            let other = try upper.open(name, flags)
            guard try Self.haveEqualAttributes(one, other, .regular) else { return false }
            return try haveEqualContent(one, other)
        case .character, .block, .fifo, .socket, .directory, .unknown: return true
        }
    }

    private mutating func haveEqualContent(
        _ lower: borrowing OwnedFileDescriptor,
        _ upper: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> Bool {
        while true {
            if Task.isCancelled { throw LayerUnpackError(.cancelled, "compare trees") }
            let count = try Self.fill(&lowerContent, from: lower)
            guard try Self.fill(&upperContent, from: upper) == count,
                lowerContent[0..<count] == upperContent[0..<count]
            else { return false }
            if count < lowerContent.count { return true }
        }
    }

    /// Reads until the buffer is full or the file ends.
    private static func fill(
        _ buffer: inout [UInt8],
        from file: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> Int {
        let number = file.rawValue
        var count = 0
        while count < buffer.count {
            let start = count
            do throws(SystemCallError) {
                let read = try systemCall("read") {
                    unsafe buffer.withUnsafeMutableBytes {
                        unsafe clinux_read(number, $0.baseAddress?.advanced(by: start), $0.count - start)
                    }
                }
                if read == 0 { return count }
                count += read
            } catch {
                throw LayerUnpackError("read file", error)
            }
        }
        return count
    }
}
