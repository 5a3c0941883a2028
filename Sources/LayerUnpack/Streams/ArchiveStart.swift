// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// The first bytes of an archive, which say how it is compressed.
struct ArchiveStart {
    private static let count = 6
    /// Forms that are not read, by what they begin with, and the program that reads them.
    private static let others: [(magic: [UInt8], program: String)] = [
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz"), (Array("BZh".utf8), "bzip2"),
    ]

    /// What was read; fewer bytes at the archive's end.
    private(set) var bytes: [UInt8] = []
    /// Whether reading the archive again does not give these bytes.
    let isConsumed: Bool

    /// Reads from a file's start, or what comes first from anything else.
    init(_ archive: borrowing OwnedFileDescriptor) throws(LayerUnpackError) {
        do throws(SystemCallError) {
            isConsumed = try archive.status().kind != .regular
            while bytes.count < Self.count {
                var buffer = [UInt8](repeating: 0, count: Self.count - bytes.count)
                let (number, offset, isConsumed) = (archive.rawValue, Int64(bytes.count), isConsumed)
                let count = try systemCall(isConsumed ? "read" : "pread64") {
                    unsafe buffer.withUnsafeMutableBytes { space in
                        unsafe isConsumed
                            ? clinux_read(number, space.baseAddress, space.count)
                            : clinux_pread(number, space.baseAddress, space.count, offset)
                    }
                }
                if count == 0 { break }
                bytes += buffer[..<Int(count)]
            }
        } catch {
            throw LayerUnpackError("read archive", error)
        }
    }

    /// How the archive is compressed.
    ///
    /// - Throws: ``LayerUnpackError``: `unsupportedMediaType`, with what helps.
    func compression() throws(LayerUnpackError) -> MediaType.Compression {
        if bytes.starts(with: GzipDecoder.magic) { return .gzip }
        if bytes.starts(with: ZstdDecoder.magic) { return .zstd }
        if let other = Self.others.first(where: { bytes.starts(with: $0.magic) }) {
            throw LayerUnpackError(
                .unsupportedMediaType,
                "read archive",
                detail: "it is compressed with \(other.program); decompress it first: \(other.program) -dc"
            )
        }
        return .none
    }
}
