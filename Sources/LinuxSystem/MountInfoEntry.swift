// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import SystemPackage

/// One line of `/proc/self/mountinfo`.
///
/// - SeeAlso: proc(5), section `/proc/pid/mountinfo`.
package struct MountInfoEntry: Hashable, Sendable {
    /// The mount's number, unique in its boot until the mount is gone; `nil` for what is no number.
    package let mountID: UInt64?
    /// The file system's device number, `major:minor`, which no other file system has while this one is mounted.
    package let device: String
    /// The directory of the file system that is mounted.
    package let root: FilePath
    /// Where it is mounted, as this process sees it.
    package let mountPoint: FilePath
    /// The file system's type, for example `cgroup2`.
    package let fileSystem: String
    /// The file system's own options, which name the controllers of a version 1 hierarchy.
    package let superOptions: [String]

    /// Parses the whole file; lines that do not follow the format are skipped, as the format may grow.
    ///
    /// - Parameters:
    ///   - text: The file.
    ///   - type: Only file systems whose type starts with this are returned. A table has a line for each mount of each
    ///     container that a machine runs; who wants a few of them does not pay for all.
    /// - Returns: The entries, in the order of the file.
    package static func parse(_ text: [UInt8], type: StaticString = "") -> [MountInfoEntry] {
        let type = type.description.utf8
        return text.split(separator: UInt8(ascii: "\n")).compactMap { Self($0, type) }
    }

    /// The mounts of this process's mount namespace.
    ///
    /// - Throws: ``SystemCallError`` when procfs is not mounted.
    package static func current() throws(SystemCallError) -> [MountInfoEntry] {
        parse(try OwnedFileDescriptor.open("/proc/self/mountinfo", CLINUX_O_RDONLY).readAll(limit: 16 << 20))
    }

    /// Fields: id, parent, device, root, mount point, options, optional fields, `-`, type, source, super options.
    private init?(_ line: ArraySlice<UInt8>, _ type: String.UTF8View) {
        let fields = line.split(separator: UInt8(ascii: " "))
        guard fields.count >= 10,
            let dash = fields[6...].firstIndex(where: { $0.count == 1 && $0.first == UInt8(ascii: "-") }),
            fields.count > dash + 3, fields[dash + 1].starts(with: type)
        else { return nil }
        mountID = UInt64(String(decoding: fields[0], as: UTF8.self))
        device = String(decoding: fields[2], as: UTF8.self)
        root = FilePath(bytes: Self.unescaped(fields[3]))
        mountPoint = FilePath(bytes: Self.unescaped(fields[4]))
        fileSystem = String(decoding: fields[dash + 1], as: UTF8.self)
        superOptions = fields[dash + 3].split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Turns the kernel's octal escapes (`\040` for a space) back into bytes.
    static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        guard field.contains(UInt8(ascii: "\\")) else { return Array(field) }
        var result: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3).compactMap { $0 >= 0x30 && $0 <= 0x37 ? Int($0) - 0x30 : nil }
            if byte == UInt8(ascii: "\\"), digits.count == 3 {
                result.append(UInt8(truncatingIfNeeded: digits[0] * 64 + digits[1] * 8 + digits[2]))
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
