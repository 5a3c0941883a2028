// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import SystemPackage

/// Extended attributes of files, links not followed.
enum ExtendedAttribute {
    /// Sets an attribute.
    static func set(_ name: String, _ value: [UInt8], at path: String) throws {
        let result = unsafe clinux_lsetxattr(path, name, value, value.count, 0)
        if result < 0 {
            throw SystemCallError(call: "lsetxattr", path: FilePath(path), errno: Errno(rawValue: -result))
        }
    }

    /// All attributes, by name.
    static func all(at path: FilePath) throws -> [(name: String, value: [UInt8])] {
        var list = [CChar](repeating: 0, count: 65_536)
        let count = path.withCString { unsafe clinux_llistxattr($0, &list, list.count) }
        if count < 0 { throw SystemCallError(call: "llistxattr", path: path, errno: Errno(rawValue: CInt(-count))) }
        let names = list[..<Int(count)].map { UInt8(bitPattern: $0) }.split(separator: 0)
        return try names.map { String(decoding: $0, as: UTF8.self) }.sorted().map { name in
            var value = [UInt8](repeating: 0, count: 65_536)
            let size = path.withCString { unsafe clinux_lgetxattr($0, name, &value, value.count) }
            if size < 0 { throw SystemCallError(call: "lgetxattr", path: path, errno: Errno(rawValue: CInt(-size))) }
            return (name, Array(value[..<Int(size)]))
        }
    }
}
