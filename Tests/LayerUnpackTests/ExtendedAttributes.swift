// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import SystemPackage

/// Reads extended attributes for comparison.
enum ExtendedAttributes {
    static func all(of path: FilePath) throws -> [String: [UInt8]] {
        var list = [UInt8](repeating: 0, count: 65_536)
        let count = try systemCall("llistxattr", path: path) {
            path.withCString { path in
                unsafe list.withUnsafeMutableBytes {
                    unsafe clinux_llistxattr(path, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
                }
            }
        }
        var result: [String: [UInt8]] = [:]
        for name in list[0..<count].split(separator: 0) {
            var value = [UInt8](repeating: 0, count: 65_536)
            let size = try systemCall("lgetxattr", path: path) {
                path.withCString { path in
                    withCString(Array(name)) { name in
                        unsafe value.withUnsafeMutableBytes {
                            unsafe clinux_lgetxattr(path, name, $0.baseAddress, $0.count)
                        }
                    }
                }
            }
            result[String(decoding: name, as: UTF8.self)] = Array(value[0..<size])
        }
        return result
    }
}
