// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import SystemPackage

/// A group of a test's own on this machine, killed and removed at the end.
struct ScratchCgroup: ~Copyable {
    let group: Cgroup

    init(requiring required: Set<CgroupController> = []) throws {
        let name = "/skiff-test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        group = try Cgroup.create(
            at: CgroupPath(FilePath(name)),
            layout: .detect(),
            existing: .refuse,
            requiring: required
        )
    }

    /// Reads a file of the group in the hierarchy that has `controller`, as words.
    func words(_ file: String, _ controller: CgroupController) throws -> String {
        let hierarchy = group.layout.hierarchy(for: controller) ?? group.layout.unified
        let directory = (hierarchy?.mountPoint ?? "/").appending(group.path.filePath.components)
        let descriptor = try FileDescriptor.open(directory.appending(file), .readOnly)
        return try descriptor.closeAfter {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
            return String(decoding: bytes[..<count], as: UTF8.self).split { $0 == " " || $0 == "\n" }.joined(
                separator: " "
            )
        }
    }

    deinit {
        // A leftover of a failed test is not worth a second failure.
        try? group.kill(timeout: .seconds(5))
        try? group.remove(timeout: .seconds(5))
    }
}
