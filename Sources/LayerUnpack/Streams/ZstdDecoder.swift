// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CArchive
internal import LinuxSystem

/// Reads Zstandard (RFC 8878) through libarchive's filter, with windows up to 128 MiB.
///
/// libarchive sees a "raw" archive behind exactly this filter; no other format or filter is enabled.
@safe final class ZstdDecoder: LayerDecoder {
    static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    private let archive: OpaquePointer
    private let source: ZstdInput
    private var isOpen = false
    private var hasEnded = false

    init(_ input: InputReader) throws(LayerUnpackError) {
        guard let archive = unsafe archive_read_new() else {
            throw LayerUnpackError(.systemCall, "start libarchive", detail: "out of memory")
        }
        unsafe self.archive = archive
        source = ZstdInput(input)
        // Anything but OK means that libarchive would run the program `zstd` instead.
        guard unsafe archive_read_support_filter_zstd(archive) == ARCHIVE_OK,
            unsafe archive_read_support_format_raw(archive) == ARCHIVE_OK
        else {
            throw LayerUnpackError(
                .unsupportedMediaType,
                "decompress layer",
                detail: "this libarchive was built without zstd"
            )
        }
    }

    deinit { unsafe archive_read_free(archive) }

    func read(into buffer: ByteBuffer) throws(LayerUnpackError) {
        buffer.count = 0
        if !isOpen { try open() }
        while !hasEnded && buffer.count < buffer.capacity {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.memory[buffer.count...])
            let count = unsafe archive_read_data(archive, rest.baseAddress, rest.count)
            if count < 0 { throw failure() }
            hasEnded = count == 0
            buffer.count += count
        }
    }

    private func open() throws(LayerUnpackError) {
        isOpen = true
        let context = unsafe Unmanaged.passUnretained(source).toOpaque()
        let opened = unsafe archive_read_open(
            archive,
            context,
            nil,
            { _, context, result in
                guard let context = unsafe context else { return -1 }
                return unsafe Unmanaged<ZstdInput>.fromOpaque(context).takeUnretainedValue().read(into: result)
            },
            nil
        )
        if opened != ARCHIVE_OK { throw failure() }
        if !source.startsWithMagic {
            throw LayerUnpackError(
                .compressionMismatch,
                "decompress layer",
                detail: "the media type says zstd, the content is not"
            )
        }
        var entry: OpaquePointer?
        switch unsafe archive_read_next_header(archive, &entry) {
        case ARCHIVE_OK: break
        case ARCHIVE_EOF: hasEnded = true
        default: throw failure()
        }
        if unsafe archive_filter_code(archive, 0) != ARCHIVE_FILTER_ZSTD { throw failure() }
    }

    private func failure() -> LayerUnpackError {
        if let error = source.error { return error }
        let message = unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "libarchive failed"
        let truncated = message.utf8.elementsEqual("Truncated zstd input".utf8)
        return LayerUnpackError(truncated ? .truncated : .badCompression, "decompress layer", detail: message)
    }
}

/// What libarchive reads from.
private final class ZstdInput {
    private let input: InputReader
    private let buffer = ByteBuffer(capacity: 128 << 10)
    private(set) var error: LayerUnpackError?
    private(set) var startsWithMagic = false
    private var isAtStart = true

    init(_ input: InputReader) { self.input = input }

    func read(into result: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        do throws(LayerUnpackError) {
            let count = try unsafe input.read(into: buffer.memory)
            unsafe result?.pointee = UnsafeRawPointer(buffer.memory.baseAddress)
            if isAtStart {
                isAtStart = false
                startsWithMagic = unsafe count >= 4 && buffer.memory.prefix(4).elementsEqual(ZstdDecoder.magic)
            }
            return count
        } catch {
            self.error = error
            return -1
        }
    }
}
