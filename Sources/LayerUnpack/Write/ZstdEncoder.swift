// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CArchive
internal import CLinux

/// Writes Zstandard (RFC 8878) through libarchive's filter: one frame, at the filter's default level, on one thread.
///
/// libarchive is given a "raw" archive, which is its one file's content and nothing else.
@safe final class ZstdEncoder: LayerEncoder {
    private let archive: OpaquePointer
    private let target: ZstdTarget

    init(_ output: BlobOutput) throws(LayerUnpackError) {
        target = ZstdTarget(output)
        guard let archive = unsafe archive_write_new() else {
            throw LayerUnpackError(.systemCall, "start libarchive", detail: "out of memory")
        }
        unsafe self.archive = archive
        // Anything but OK means that libarchive would run the program `zstd` instead.
        guard unsafe archive_write_add_filter_zstd(archive) == ARCHIVE_OK else {
            throw LayerUnpackError(
                .unsupportedMediaType,
                "compress layer",
                detail: "this libarchive was built without zstd"
            )
        }
        guard unsafe archive_write_set_format_raw(archive) == ARCHIVE_OK,
            unsafe archive_write_set_bytes_per_block(archive, 65_536) == ARCHIVE_OK,
            unsafe archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK
        else { throw failure() }
        try open()
        try beginFile()
    }

    deinit { unsafe archive_write_free(archive) }

    @unsafe func encode(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError) {
        let written = unsafe archive_write_data(archive, bytes.baseAddress, bytes.count)
        if written != bytes.count { throw failure() }
    }

    func finish() throws(LayerUnpackError) {
        if unsafe archive_write_close(archive) != ARCHIVE_OK { throw failure() }
    }

    private func open() throws(LayerUnpackError) {
        let context = unsafe Unmanaged.passUnretained(target).toOpaque()
        let result = unsafe archive_write_open(
            archive,
            context,
            nil,
            { _, context, bytes, count in
                guard let context = unsafe context else { return -1 }
                let target = unsafe Unmanaged<ZstdTarget>.fromOpaque(context).takeUnretainedValue()
                return unsafe target.write(UnsafeRawBufferPointer(start: bytes, count: count))
            },
            nil
        )
        if result != ARCHIVE_OK { throw failure() }
    }

    private func beginFile() throws(LayerUnpackError) {
        guard let entry = unsafe archive_entry_new() else {
            throw LayerUnpackError(.systemCall, "start libarchive", detail: "out of memory")
        }
        defer { unsafe archive_entry_free(entry) }
        unsafe archive_entry_set_filetype(entry, UInt32(CLINUX_S_IFREG))
        if unsafe archive_write_header(archive, entry) != ARCHIVE_OK { throw failure() }
    }

    private func failure() -> LayerUnpackError {
        if let error = target.error { return error }
        let message = unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "libarchive failed"
        return LayerUnpackError(.badCompression, "compress layer", detail: message)
    }
}

/// What libarchive writes to.
private final class ZstdTarget {
    private let output: BlobOutput
    private(set) var error: LayerUnpackError?

    init(_ output: BlobOutput) { self.output = output }

    @unsafe func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        do throws(LayerUnpackError) {
            try unsafe output.store(bytes)
            return bytes.count
        } catch {
            self.error = error
            return -1
        }
    }
}
