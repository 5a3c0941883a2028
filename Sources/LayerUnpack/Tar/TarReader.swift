// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CArchive
internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Reads the entries of a layer: libarchive interprets the stream, ``TarScanner`` checks it.
///
/// Of libarchive's formats only tar is enabled, and no filter.
@safe final class TarReader {
    private let archive: OpaquePointer
    private let feeder: TarFeeder

    init(_ source: LayerSource, limits: LayerLimits) throws(LayerUnpackError) {
        feeder = TarFeeder(try LayerStream(source, limits: limits), limits: limits)
        guard let archive = unsafe archive_read_new() else {
            throw LayerUnpackError(.systemCall, "start libarchive", detail: "out of memory")
        }
        unsafe self.archive = archive
        unsafe archive_read_support_format_tar(archive)
        let context = unsafe Unmanaged.passUnretained(feeder).toOpaque()
        let result = unsafe archive_read_open(
            archive,
            context,
            nil,
            { _, context, result in
                guard let context = unsafe context else { return -1 }
                return unsafe Unmanaged<TarFeeder>.fromOpaque(context).takeUnretainedValue().feed(result)
            },
            nil
        )
        if result != ARCHIVE_OK { throw failure() }
    }

    deinit { unsafe archive_read_free(archive) }

    /// The next entry, or `nil` at the archive's end.
    func next() throws(LayerUnpackError) -> TarEntry? {
        var handle: OpaquePointer?
        let result = unsafe archive_read_next_header(archive, &handle)
        if let error = feeder.error { throw error }
        if result == ARCHIVE_EOF {
            guard feeder.takeEntry() == nil else { throw Self.disagreement("the archive's end") }
            return nil
        }
        // A warning is about a name that has no form in the process's locale; names come from the scanner, as bytes.
        guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let handle = unsafe handle else { throw failure() }
        guard let entry = feeder.takeEntry() else { throw Self.disagreement("an entry") }
        try unsafe compare(entry, handle)
        return entry
    }

    /// Reads what follows the last entry, which must be zeros, and compares the digests.
    func finish() throws(LayerUnpackError) -> StreamSummary { try feeder.drain() }

    /// Writes the content of the entry that ``next()`` returned last to an empty file.
    func copyContent(of entry: TarEntry, to file: borrowing OwnedFileDescriptor) throws(LayerUnpackError) {
        let number = file.rawValue
        let end = try unsafe readContent(of: entry) { (piece, start) throws(LayerUnpackError) in
            var rest = unsafe piece
            var offset = start
            while unsafe !rest.isEmpty {
                let (base, count) = (rest.baseAddress, rest.count)
                let written = try self.call("pwrite64") { unsafe clinux_pwrite(number, base, count, offset) }
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                offset += Int64(written)
            }
        }
        if end < entry.size {
            _ = try call("ftruncate") { clinux_ftruncate(number, entry.size) }
        }
    }

    /// Gives the content of the entry that ``next()`` returned last to `body` from its first to its last byte, the
    /// holes of a sparse file as zeros.
    @unsafe func streamContent(
        of entry: TarEntry,
        _ body: (UnsafeRawBufferPointer) throws(LayerUnpackError) -> Void
    ) throws(LayerUnpackError) {
        var position: Int64 = 0
        let zeros = [UInt8](repeating: 0, count: entry.isSparse ? 128 << 10 : 0)
        func fill(to offset: Int64) throws(LayerUnpackError) {
            while position < offset {
                if Task.isCancelled { throw LayerUnpackError(.cancelled, "read content") }
                let count = Int(min(Int64(zeros.count), offset - position))
                try unsafe zeros.span.withUnsafeBytes { (bytes) throws(LayerUnpackError) in
                    try unsafe body(UnsafeRawBufferPointer(rebasing: bytes[0..<count]))
                }
                position += Int64(count)
            }
        }
        _ = try unsafe readContent(of: entry) { (piece, start) throws(LayerUnpackError) in
            try fill(to: start)
            try unsafe body(piece)
            position += Int64(piece.count)
        }
        try fill(to: entry.size)
    }

    /// Gives what is stored of the last entry's content to `body`, piece by piece with its place in the file; returns
    /// where the last piece ends.
    @unsafe private func readContent(
        of entry: TarEntry,
        _ body: (UnsafeRawBufferPointer, Int64) throws(LayerUnpackError) -> Void
    ) throws(LayerUnpackError) -> Int64 {
        var end: Int64 = 0
        var delivered: Int64 = 0
        while true {
            var block: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let result = unsafe archive_read_data_block(archive, &block, &count, &offset)
            if let error = feeder.error { throw error }
            if result == ARCHIVE_EOF { break }
            guard result == ARCHIVE_OK else {
                throw entry.isSparse ? LayerUnpackError(.badSparseMap, "read content", detail: message) : failure()
            }
            guard offset >= end, Int64(count) <= entry.size, offset <= entry.size - Int64(count),
                entry.isSparse || offset == end
            else {
                throw LayerUnpackError(.badSparseMap, "read content", detail: "the map overlaps or leaves the file")
            }
            end = offset + Int64(count)
            delivered += Int64(count)
            try unsafe body(UnsafeRawBufferPointer(start: block, count: count), offset)
        }
        try checkIsComplete(entry, delivered: delivered)
        return end
    }

    /// Compares what was delivered with what is stored; a map in the content (PAX 1.0) takes whole blocks of it.
    private func checkIsComplete(_ entry: TarEntry, delivered: Int64) throws(LayerUnpackError) {
        let rest = entry.storedSize - delivered
        if rest == 0 && !entry.hasMapInContent { return }
        guard entry.isSparse else { throw LayerUnpackError(.truncated, "read content") }
        guard entry.hasMapInContent, rest > 0, rest % Int64(TarHeaderBlock.size) == 0 else {
            throw LayerUnpackError(.badSparseMap, "read content", detail: "the map and the content differ in size")
        }
    }

    private func call<Value: FixedWidthInteger & SignedInteger>(
        _ name: String,
        _ body: () -> Value
    ) throws(LayerUnpackError) -> Value {
        do throws(SystemCallError) { return try systemCall(name, body) } catch {
            throw LayerUnpackError("write file", error)
        }
    }

    /// Compares the two readings of one entry; see ``TarScanner``.
    @unsafe private func compare(_ entry: TarEntry, _ handle: OpaquePointer) throws(LayerUnpackError) {
        let isHardLink = unsafe archive_entry_hardlink(handle) != nil
        let kind: TarEntry.Kind?
        switch unsafe CInt(archive_entry_filetype(handle)) {
        case _ where isHardLink: kind = .hardLink
        case CLINUX_S_IFREG: kind = .regular
        case CLINUX_S_IFLNK: kind = .symlink
        case CLINUX_S_IFDIR: kind = .directory
        case CLINUX_S_IFCHR: kind = .character
        case CLINUX_S_IFBLK: kind = .block
        case CLINUX_S_IFIFO: kind = .fifo
        default: kind = nil
        }
        guard kind == entry.kind else { throw Self.disagreement("the type").about(entry.name) }
        guard unsafe archive_entry_uid(handle) == entry.uid, unsafe archive_entry_gid(handle) == entry.gid,
            unsafe UInt32(archive_entry_perm(handle)) & 0o7777 == entry.mode
        else { throw Self.disagreement("owner or mode").about(entry.name) }
        guard unsafe entry.kind != .regular || archive_entry_size(handle) == entry.size else {
            throw Self.disagreement("the size").about(entry.name)
        }
    }

    private var message: String {
        unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "libarchive failed"
    }

    private func failure() -> LayerUnpackError {
        if feeder.isEmpty { return LayerUnpackError(.truncated, "read layer", detail: "it is empty") }
        return feeder.error ?? LayerUnpackError(.badHeader, "read layer", detail: message)
    }

    private static func disagreement(_ what: String) -> LayerUnpackError {
        LayerUnpackError(.badHeader, "read header", detail: "two readers understand \(what) differently")
    }
}
