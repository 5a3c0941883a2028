// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CArchive
internal import CLinux
internal import LinuxSystem

/// Writes tar entries in the PAX interchange format through libarchive.
@safe final class TarWriter {
    private let archive: OpaquePointer
    private let output: TarOutput
    private var isFinished = false

    init(_ sink: LayerSink) throws(LayerUnpackError) {
        output = TarOutput(sink)
        guard let archive = unsafe archive_write_new() else {
            throw LayerUnpackError(.systemCall, "start libarchive", detail: "out of memory")
        }
        unsafe self.archive = archive
        // Names and attributes are bytes: written as they are, whatever the process's locale.
        guard unsafe archive_write_set_format_pax(archive) == ARCHIVE_OK,
            unsafe archive_write_set_format_option(archive, "pax", "hdrcharset", "BINARY") == ARCHIVE_OK,
            unsafe archive_write_set_format_option(archive, "pax", "xattrheader", "SCHILY") == ARCHIVE_OK,
            unsafe archive_write_set_bytes_per_block(archive, 65_536) == ARCHIVE_OK,
            unsafe archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK
        else { throw failure() }
        let context = unsafe Unmanaged.passUnretained(output).toOpaque()
        let result = unsafe archive_write_open(
            archive,
            context,
            nil,
            { _, context, bytes, count in
                guard let context = unsafe context else { return -1 }
                let output = unsafe Unmanaged<TarOutput>.fromOpaque(context).takeUnretainedValue()
                return unsafe output.write(UnsafeRawBufferPointer(start: bytes, count: count))
            },
            nil
        )
        if result != ARCHIVE_OK { throw failure() }
    }

    deinit {
        // Else libarchive would complete what failed, with zeros for all that an entry lacks.
        if !isFinished { unsafe archive_write_fail(archive) }
        unsafe archive_write_free(archive)
    }

    /// Writes an entry's headers; ``write(_:)`` follows for as many bytes as its size says.
    func begin(_ entry: TarEntry) throws(LayerUnpackError) {
        guard let handle = unsafe archive_entry_new() else {
            throw LayerUnpackError(.systemCall, "write entry", detail: "out of memory")
        }
        defer { unsafe archive_entry_free(handle) }
        withCString(entry.name) { unsafe archive_entry_set_pathname(handle, $0) }
        unsafe archive_entry_set_perm(handle, entry.mode)
        unsafe archive_entry_set_uid(handle, entry.uid)
        unsafe archive_entry_set_gid(handle, entry.gid)
        let time = entry.modified.asLibarchiveWrites
        unsafe archive_entry_set_mtime(handle, Int(time.seconds), Int(time.nanoseconds))
        unsafe archive_entry_set_size(handle, entry.size)
        unsafe archive_entry_set_nlink(handle, 1)
        unsafe archive_entry_set_filetype(handle, UInt32(Self.fileType(entry.kind)))
        switch entry.kind {
        case .symlink: withCString(entry.linkTarget) { unsafe archive_entry_set_symlink(handle, $0) }
        case .hardLink: withCString(entry.linkTarget) { unsafe archive_entry_set_hardlink(handle, $0) }
        case .character, .block:
            unsafe archive_entry_set_rdevmajor(handle, UInt(entry.deviceMajor))
            unsafe archive_entry_set_rdevminor(handle, UInt(entry.deviceMinor))
        case .regular, .directory, .fifo: break
        }
        for attribute in entry.attributes {
            withCString(attribute.name) { name in
                unsafe attribute.value.withUnsafeBytes {
                    unsafe archive_entry_xattr_add_entry(handle, name, $0.baseAddress, $0.count)
                }
            }
        }
        if unsafe archive_write_header(archive, handle) != ARCHIVE_OK { throw failure().about(entry.name) }
    }

    /// Writes content of the entry that was begun last.
    func write(_ bytes: ArraySlice<UInt8>) throws(LayerUnpackError) {
        let written = unsafe bytes.withUnsafeBytes { unsafe archive_write_data(archive, $0.baseAddress, $0.count) }
        if written != bytes.count { throw failure() }
    }

    /// Writes the archive's end.
    func finish() throws(LayerUnpackError) {
        if unsafe archive_write_close(archive) != ARCHIVE_OK { throw failure() }
        isFinished = true
    }

    private static func fileType(_ kind: TarEntry.Kind) -> CInt {
        switch kind {
        case .regular, .hardLink: CLINUX_S_IFREG
        case .symlink: CLINUX_S_IFLNK
        case .character: CLINUX_S_IFCHR
        case .block: CLINUX_S_IFBLK
        case .directory: CLINUX_S_IFDIR
        case .fifo: CLINUX_S_IFIFO
        }
    }

    private func failure() -> LayerUnpackError {
        if let error = output.error { return error }
        let message = unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "libarchive failed"
        return LayerUnpackError(.badHeader, "write entry", detail: message)
    }
}

extension TarTime {
    /// The value for which libarchive writes this time stamp.
    ///
    /// Before 1970 it writes the seconds, which are rounded down, and the fraction, which counts up from them, side by
    /// side: -1.5 becomes "-2.5". The last second before 1970 has no such value and loses its fraction.
    fileprivate var asLibarchiveWrites: TarTime {
        if seconds >= 0 || nanoseconds == 0 { return self }
        if seconds == -1 { return TarTime(seconds: -1) }
        return TarTime(seconds: seconds + 1, nanoseconds: 1_000_000_000 - nanoseconds)
    }
}

/// What libarchive writes to.
private final class TarOutput {
    private let sink: LayerSink
    private(set) var error: LayerUnpackError?

    init(_ sink: LayerSink) { self.sink = sink }

    @unsafe func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        do throws(LayerUnpackError) {
            try unsafe sink.write(bytes)
            return bytes.count
        } catch {
            self.error = error
            return -1
        }
    }
}
