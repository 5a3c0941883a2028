// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import NamespaceKit
internal import SystemPackage

/// What a plan is checked against.
struct HostFacts: Sendable {
    /// Major and minor version of the kernel.
    var kernel: (Int, Int)
    /// What the caller may do.
    var capabilities: CapabilitySet
    /// The file systems that the kernel has now; `nil` when it does not say.
    var fileSystems: Set<String>?
    /// Whether files in memory can be executed.
    var executesMemoryFiles: Bool
    /// Whether the kernel has system call filters.
    var hasSeccomp: Bool
    /// What stands in the way of user namespaces without privilege.
    var userNamespaceObstacle: String?
    /// Whether there is something at a path of the host.
    var hasFile: @Sendable (FilePath) -> Bool

    /// This host's.
    static var current: HostFacts {
        let release = text("/proc/sys/kernel/osrelease") ?? ""
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return HostFacts(
            kernel: numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0),
            capabilities: .effective,
            fileSystems: text("/proc/filesystems").map { list in
                Set(
                    list.split(separator: "\n").compactMap {
                        $0.split { $0 == "\t" || $0 == " " }.last.map(String.init)
                    }
                )
            },
            executesMemoryFiles: text("/proc/sys/vm/memfd_noexec") != "2",
            hasSeccomp: text("/proc/sys/kernel/seccomp/actions_avail") != nil,
            userNamespaceObstacle: UserNamespaceRules.current.obstacle,
            hasFile: { (try? OwnedFileDescriptor.open($0, CLINUX_O_PATH)) != nil }
        )
    }

    /// A kernel file's content without the line break at its end; `nil` when it cannot be read.
    private static func text(_ path: FilePath) -> String? {
        let file = try? OwnedFileDescriptor.open(path, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK)
        guard let bytes = try? file?.readAll(limit: 1 << 16) else { return nil }
        return String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
}
