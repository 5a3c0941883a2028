// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LayerUnpack
internal import LinuxSystem
internal import NamespaceKit
public import OCISpec
public import SystemPackage

/// What this host offers containers, what is missing, why, and what to do about it.
///
/// Looking changes nothing and needs no privilege.
public struct HostReport: JSONRecord, Hashable, Sendable {
    /// The checks, in an order to read them in.
    public var checks: [HostCheck]

    /// Whether containers from images can run here.
    public var isUsable: Bool { checks.allSatisfy { $0.status != .missing } }

    /// Looks at the host.
    ///
    /// - Parameter store: The directory of a ``ContainerStore``: where there is one, overlayfs is tried on its file system,
    ///   in directories that are removed again.
    public init(store: FilePath? = nil) {
        checks = [
            Self.kernel, Self.systemCalls, Self.privilege, Self.procfs, Self.memoryFiles, Self.cgroups,
            Self.overlay(store),
            Self.seccomp, Self.userNamespaces, Self.securityModules,
        ]
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        checks = []
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("checks", &checks)
    }
}

extension HostReport {
    private static var kernel: HostCheck {
        let release = text("/proc/sys/kernel/osrelease") ?? "unknown"
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        let isNewEnough = numbers.count == 2 && (numbers[0], numbers[1]) >= (5, 12)
        return HostCheck(
            "kernel",
            isNewEnough ? .ok : .missing,
            "Linux \(release)" + (isNewEnough ? "" : ", containers need 5.12 for mount_setattr(2)"),
            fix: isNewEnough ? nil : "install a newer kernel"
        )
    }

    /// Calls that a filter around us may have taken away; each is made so that it fails for its arguments.
    private static var systemCalls: HostCheck {
        let calls: [(String, Int)] = [
            ("openat2", Int(unsafe clinux_openat2(-1, "", 0, 0, 0))),
            ("open_tree", Int(unsafe clinux_open_tree(-1, "", 0))),
            ("move_mount", Int(unsafe clinux_move_mount(-1, "", -1, "", 0))),
            ("fsopen", Int(unsafe clinux_fsopen("", 0))),
            ("mount_setattr", Int(unsafe clinux_mount_setattr(-1, "", 0, 0, 0, 0, 0))),
            ("pidfd_open", Int(clinux_pidfd_open(-1, 0))),
        ]
        let absent = calls.filter { $0.1 == -Int(CLINUX_ENOSYS) }.map(\.0)
        return HostCheck(
            "system calls",
            absent.isEmpty ? .ok : .missing,
            absent.isEmpty
                ? calls.map(\.0).joined(separator: ", ") : "not to be had: \(absent.joined(separator: ", "))",
            fix: absent.isEmpty ? nil : "if this is a container, start it with a seccomp profile that knows these calls"
        )
    }

    private static var privilege: HostCheck {
        let isRoot = clinux_geteuid() == 0
        let isAdministrator = CapabilitySet.effective.contains(.sysAdmin)
        return HostCheck(
            "privilege",
            isAdministrator ? .ok : .missing,
            isAdministrator ? "CAP_SYS_ADMIN" : isRoot ? "root without CAP_SYS_ADMIN" : "user \(clinux_geteuid())",
            fix: isAdministrator
                ? nil : isRoot ? "start this with CAP_SYS_ADMIN" : "run this as root: sudo skiff doctor"
        )
    }

    private static var procfs: HostCheck {
        let isMounted = (try? OwnedFileDescriptor.open("/proc", CLINUX_O_PATH).fileSystemType()) == 0x9FA0
        return HostCheck(
            "/proc",
            isMounted ? .ok : .missing,
            isMounted ? "procfs" : "not a procfs",
            fix: isMounted ? nil : "mount -t proc proc /proc"
        )
    }

    private static var memoryFiles: HostCheck {
        // The init is executed from a sealed file in memory.
        let isForbidden = text("/proc/sys/vm/memfd_noexec") == "2"
        return HostCheck(
            "memory files",
            isForbidden ? .missing : .ok,
            isForbidden ? "vm.memfd_noexec forbids executing them" : "executable",
            fix: isForbidden ? "sysctl vm.memfd_noexec=1" : nil
        )
    }

    private static func overlay(_ store: FilePath?) -> HostCheck {
        if let store, CapabilitySet.effective.contains(.sysAdmin), let check = tryOverlay(in: store) { return check }
        let isThere = text("/proc/filesystems")?.contains("\toverlay") ?? false
        // The first mount loads a module that is there; whether it is cannot be told without trying.
        return HostCheck(
            "overlayfs",
            isThere ? .ok : .warning,
            isThere
                ? "in the kernel"
                : "not in the kernel, or not loaded yet; without it each container gets a copy of its image's files",
            fix: isThere ? nil : "modprobe overlay"
        )
    }

    /// Mounts an overlay of empty directories in the store; `nil` where there is no store to try it in.
    private static func tryOverlay(in store: FilePath) -> HostCheck? {
        let name = FilePath(".doctor-\(UInt64.random(in: .min ... .max))")
        guard let top = try? RootDirectory(at: store), (try? top.makeDirectory(name, mode: 0o700)) != nil else {
            return nil
        }
        defer { try? top.removeTree(name) }
        let place = store.appending(name.components)
        do {
            for part in ["lower", "upper", "work"] { try top.makeDirectory(name.appending(part), mode: 0o700) }
            let writable = OverlayMount.Writable(upper: place.appending("upper"), work: place.appending("work"))
            _ = try OverlayMount(lowers: [place.appending("lower")], writable: writable).make()
            return HostCheck("overlayfs", .ok, "mounted on the file system of \(store)")
        } catch {
            return HostCheck(
                "overlayfs",
                .warning,
                "not on the file system of \(store) (\(error)): each container gets a copy of its image's files",
                fix: "keep the store on ext4, xfs or btrfs: skiff --root DIR"
            )
        }
    }

    private static var seccomp: HostCheck {
        let actions = text("/proc/sys/kernel/seccomp/actions_avail")
        return HostCheck(
            "seccomp",
            actions == nil ? .missing : .ok,
            actions ?? "the kernel has no seccomp filters",
            fix: actions == nil ? "use a kernel with CONFIG_SECCOMP_FILTER" : nil
        )
    }

    /// A kernel file's content without the line break at its end; `nil` when it cannot be read.
    static func text(_ path: FilePath) -> String? {
        let file = try? OwnedFileDescriptor.open(path, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK)
        guard let bytes = try? file?.readAll(limit: 1 << 16) else { return nil }
        return String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
}
