// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Metadata of a file or directory that is open.
enum OpenFile {
    static func setOwner(
        _ file: borrowing OwnedFileDescriptor,
        uid: UInt32,
        gid: UInt32
    ) throws(LayerUnpackError) {
        let number = file.rawValue
        try perform("set owner", "fchown") { clinux_fchown(number, uid, gid) }
    }

    static func setMode(_ file: borrowing OwnedFileDescriptor, _ mode: UInt32) throws(LayerUnpackError) {
        let number = file.rawValue
        try perform("set mode", "fchmod") { clinux_fchmod(number, mode) }
    }

    static func setTimes(_ file: borrowing OwnedFileDescriptor, _ time: TarTime) throws(LayerUnpackError) {
        let number = file.rawValue
        let times = time.accessAndModification
        try perform("set times", "utimensat") {
            unsafe times.span.withUnsafeBufferPointer { unsafe clinux_utimensat(number, nil, $0.baseAddress, 0) }
        }
    }

    static func setAttribute(
        _ file: borrowing OwnedFileDescriptor,
        _ name: [UInt8],
        _ value: [UInt8]
    ) throws(LayerUnpackError) {
        let number = file.rawValue
        try perform("set extended attribute \(name.escapedForDisplay)", "fsetxattr") {
            withCString(name) { name in
                unsafe value.withUnsafeBytes { unsafe clinux_fsetxattr(number, name, $0.baseAddress, $0.count, 0) }
            }
        }
    }

    /// The names of the file's extended attributes; none where the file system has none.
    static func attributeNames(_ file: borrowing OwnedFileDescriptor) throws(LayerUnpackError) -> [[UInt8]] {
        let number = file.rawValue
        var list = [UInt8](repeating: 0, count: 65_536)
        do throws(SystemCallError) {
            let count = try systemCall("flistxattr") {
                unsafe list.withUnsafeMutableBytes {
                    unsafe clinux_flistxattr(number, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
                }
            }
            return list[0..<count].split(separator: 0).map { Array($0) }
        } catch {
            if error.errno == .notSupported { return [] }
            throw LayerUnpackError("list extended attributes", error)
        }
    }

    /// The value of one extended attribute.
    static func attribute(
        _ file: borrowing OwnedFileDescriptor,
        _ name: [UInt8]
    ) throws(LayerUnpackError) -> [UInt8] {
        let number = file.rawValue
        var value = [UInt8](repeating: 0, count: 65_536)
        do throws(SystemCallError) {
            let count = try systemCall("fgetxattr") {
                withCString(name) { name in
                    unsafe value.withUnsafeMutableBytes {
                        unsafe clinux_fgetxattr(number, name, $0.baseAddress, $0.count)
                    }
                }
            }
            return Array(value[0..<count])
        } catch {
            throw LayerUnpackError("read extended attribute \(name.escapedForDisplay)", error)
        }
    }

    /// Writes all bytes at the file's offset.
    @unsafe static func write(_ bytes: UnsafeRawBufferPointer, to number: CInt) throws(LayerUnpackError) {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            let (base, count) = (rest.baseAddress, rest.count)
            do throws(SystemCallError) {
                let written = try systemCall("write") { unsafe clinux_write(number, base, count) }
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } catch {
                throw LayerUnpackError("write file", error)
            }
        }
    }

    /// Reserves the space of a file in one piece; a file system that cannot is no error.
    static func reserve(_ file: borrowing OwnedFileDescriptor, _ size: Int64) throws(LayerUnpackError) {
        let number = file.rawValue
        do throws(LayerUnpackError) {
            try perform("reserve space", "fallocate") { clinux_fallocate(number, 0, 0, size) }
        } catch {
            if error.errno == .noSpace { throw error }
        }
    }

    private static func perform(_ step: String, _ call: String, _ body: () -> CInt) throws(LayerUnpackError) {
        do throws(SystemCallError) { try systemCall(call, body) } catch { throw LayerUnpackError(step, error) }
    }
}
