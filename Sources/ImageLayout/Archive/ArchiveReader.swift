// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CArchive
internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Reads a tar archive, plain or compressed with gzip or zstd, from a descriptor in one pass.
///
/// libarchive parses it, with every format but tar and every filter but these two left out, so that it starts no
/// program.
@safe struct ArchiveReader: ~Copyable {
    /// One entry.
    struct Entry {
        /// What the entry is.
        enum Kind { case file, directory, symbolicLink, hardLink, other }

        let kind: Kind
        let name: [UInt8]
        /// Where a link points to; empty for everything else.
        let target: [UInt8]
    }

    /// What a file is read as.
    enum Content {
        /// An archive of images, whose entries are all looked at.
        case images
        /// A layer, of which nothing is asked but that it is a tar archive.
        case layer
        /// One entry without a name, whatever it is; only its compression is undone.
        case bytes
    }

    /// What the archive is called in errors.
    let name: String
    private let content: Content
    private let handle: OpaquePointer

    private init(_ handle: OpaquePointer, name: String, _ content: Content) {
        unsafe self.handle = handle
        self.name = name
        self.content = content
    }

    /// Begins to read at the position of `file`, which must stay open as long as the reader lives.
    static func open(
        _ file: borrowing OwnedFileDescriptor,
        name: String,
        as content: Content = .images
    ) throws(ImageLayoutError) -> ArchiveReader {
        guard let handle = unsafe archive_read_new() else {
            throw ImageLayoutError(.systemCall, name, "no memory")
        }
        let reader = unsafe ArchiveReader(handle, name: name, content)
        unsafe archive_read_support_filter_gzip(handle)
        unsafe archive_read_support_filter_zstd(handle)
        switch content {
        case .images, .layer: unsafe archive_read_support_format_tar(handle)
        case .bytes: unsafe archive_read_support_format_raw(handle)
        }
        guard unsafe archive_read_open_fd(handle, file.rawValue, 1 << 18) == ARCHIVE_OK else {
            throw reader.failure()
        }
        return reader
    }

    /// Reads the next header, or `nil` at the end.
    mutating func next() throws(ImageLayoutError) -> Entry? {
        var entry: OpaquePointer?
        let result = unsafe archive_read_next_header(handle, &entry)
        if result == ARCHIVE_EOF { return nil }
        guard isGood(result), let entry = unsafe entry else { throw failure() }
        let name = unsafe Self.bytes(archive_entry_pathname(entry))
        if let target = unsafe archive_entry_hardlink(entry) {
            return Entry(kind: .hardLink, name: name, target: unsafe Self.bytes(target))
        }
        switch CInt(bitPattern: unsafe archive_entry_filetype(entry)) {
        case CLINUX_S_IFREG: return Entry(kind: .file, name: name, target: [])
        case CLINUX_S_IFDIR: return Entry(kind: .directory, name: name, target: [])
        case CLINUX_S_IFLNK:
            return Entry(kind: .symbolicLink, name: name, target: unsafe Self.bytes(archive_entry_symlink(entry)))
        default: return Entry(kind: .other, name: name, target: [])
        }
    }

    /// Gives the content of the current entry to `body`, piece by piece.
    mutating func readContent(
        _ body: (UnsafeRawBufferPointer) throws(ImageLayoutError) -> Void
    ) throws(ImageLayoutError) {
        var position: Int64 = 0
        while true {
            var base: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let result = unsafe archive_read_data_block(handle, &base, &count, &offset)
            if result == ARCHIVE_EOF {
                guard offset == position else { throw sparse }
                return
            }
            guard result == ARCHIVE_OK else { throw failure() }
            guard offset == position else { throw sparse }
            let (end, overflow) = position.addingReportingOverflow(Int64(count))
            if overflow { throw sparse }
            position = end
            try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
        }
    }

    /// Reads the content of the current entry, of whatever kind, and drops it.
    mutating func skipContent() throws(ImageLayoutError) {
        while true {
            var base: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let result = unsafe archive_read_data_block(handle, &base, &count, &offset)
            if result == ARCHIVE_EOF { return }
            guard isGood(result) else { throw failure() }
        }
    }

    /// How many times the file is compressed.
    var filters: Int { Int(unsafe archive_filter_count(handle)) - 1 }

    /// How many bytes of the file have been used.
    var position: Int64 { unsafe archive_filter_bytes(handle, -1) }

    /// Whether reading can go on. Of a layer the names may be any bytes, which libarchive warns of where the locale has
    /// no such characters.
    private func isGood(_ result: CInt) -> Bool { result == ARCHIVE_OK || content == .layer && result == ARCHIVE_WARN }

    private var sparse: ImageLayoutError {
        ImageLayoutError(.unsupportedArchive, name, "it contains a sparse file")
    }

    private func failure() -> ImageLayoutError {
        let message = unsafe archive_error_string(handle).map { unsafe String(cString: $0) } ?? "unknown error"
        let number = unsafe archive_errno(handle)
        let lower = message.lowercased()
        if ["truncated", "incomplete", "premature"].contains(where: { lower.contains($0) }) {
            return ImageLayoutError(.truncatedArchive, name, "it ends early: \(lower)")
        }
        if lower.hasPrefix("error reading"), number > 0 {
            return ImageLayoutError(SystemCallError(call: "read", errno: Errno(rawValue: number)), name)
        }
        return ImageLayoutError(
            .unsupportedArchive,
            name,
            "it cannot be read as a tar archive: \(lower)",
            hint: content == .images
                ? "oci-archive and docker-archive files are read, plain or compressed with gzip or zstd"
                : "layers are tar archives, plain or compressed with gzip or zstd"
        )
    }

    private static func bytes(_ string: UnsafePointer<CChar>?) -> [UInt8] {
        guard var cursor = unsafe string else { return [] }
        var bytes: [UInt8] = []
        while unsafe cursor.pointee != 0 {
            bytes.append(UInt8(bitPattern: unsafe cursor.pointee))
            unsafe cursor += 1
        }
        return bytes
    }

    deinit { unsafe archive_read_free(handle) }
}
