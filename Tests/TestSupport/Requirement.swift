// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// What a test needs of the machine it runs on.
package enum Requirement: String, Hashable, Sendable {
    /// Effective uid 0 with `CAP_SYS_ADMIN`.
    case root
    /// Overlayfs in the kernel.
    case overlay
    /// A cgroup v2 hierarchy with the memory and pids controllers.
    case cgroup2
    /// A cgroup v1 hierarchy with the memory and pids controllers.
    case cgroup1
    /// systemd as the machine's first process.
    case systemd
    /// AppArmor with the profile of `Tests/Guest/profile`.
    case appArmor
    /// SELinux with a policy that knows the contexts of `Tests/Guest/policy.cil`.
    case selinux
    /// Debian's statically linked busybox at `/bin/busybox`.
    case busybox
    /// GNU tar.
    case tar
    /// `bsdtar` of libarchive.
    case bsdtar
    /// `umoci`.
    case umoci
    /// `skopeo`.
    case skopeo
    /// `buildah`.
    case buildah
    /// Debian's `runc` 1.1.5, which has faults that tests are tried on.
    case runc
    /// `docker-registry`, and what makes its passwords and certificates; and a build with the package trait `Registry`.
    case registry
    /// `debootstrap`.
    case debootstrap
    /// `newuidmap` and `newgidmap`.
    case uidmap
    /// A C compiler called `cc`.
    case compiler
    /// Swift itself.
    case swift
    /// The programs of `Examples/`, built into `bin` by `make bin`.
    case programs

    /// Whether this machine offers it.
    package var isMet: Bool {
        switch self {
        case .root: clinux_geteuid() == 0 && Self.hasSystemAdministration
        case .overlay: Self.file("/proc/filesystems", contains: "\toverlay\n")
        case .cgroup2: Self.cgroup2Controllers.isSuperset(of: ["memory", "pids"])
        case .cgroup1: Self.exists("/sys/fs/cgroup/memory/tasks") && Self.exists("/sys/fs/cgroup/pids/tasks")
        case .systemd: Self.exists("/run/systemd/system")
        case .appArmor: Self.file("/sys/kernel/security/apparmor/profiles", contains: "skiff-test (enforce)\n")
        case .selinux: Self.exists("/sys/fs/selinux/enforce")
        case .busybox: Self.exists("/bin/busybox")
        case .tar: Self.onPath("tar")
        case .bsdtar: Self.onPath("bsdtar")
        case .umoci: Self.onPath("umoci")
        case .skopeo: Self.onPath("skopeo")
        case .buildah: Self.onPath("buildah")
        case .runc: (try? Command.run(["runc", "--version"]).output.contains("1.1.5")) == true
        case .registry: ["docker-registry", "htpasswd", "openssl"].allSatisfy(Self.onPath)
        case .debootstrap: Self.onPath("debootstrap")
        case .uidmap: Self.onPath("newuidmap") && Self.onPath("newgidmap")
        case .compiler: Self.onPath("cc")
        case .swift: Self.onPath("swift")
        case .programs: Program.allCases.allSatisfy { Self.exists(FilePath($0.path)) }
        }
    }

    /// Whether `SKIFF_TESTS_MUST_RUN` (a comma separated list, or `all`) makes its absence a failure.
    ///
    /// `all` leaves out the two cgroup layouts, of which a machine has one at most, systemd and the security modules, which few
    /// test machines run.
    package var mustBeMet: Bool {
        guard let list = Environment.value(of: "SKIFF_TESTS_MUST_RUN") else { return false }
        let names = list.split(separator: ",")
        if names.contains(where: { $0 == rawValue }) { return true }
        return names.contains("all") && self != .cgroup1 && self != .cgroup2
            && self != .systemd && self != .selinux && self != .appArmor
    }

    private static var hasSystemAdministration: Bool {
        var sets: [3 of UInt64] = [0, 0, 0]
        var span = sets.mutableSpan
        let result = unsafe span.withUnsafeMutableBufferPointer { unsafe clinux_capget($0.baseAddress) }
        return result == 0 && sets[0] & (1 << 21) != 0
    }

    private static var cgroup2Controllers: Set<Substring> {
        guard
            let bytes = try? OwnedFileDescriptor.open("/sys/fs/cgroup/cgroup.controllers", CLINUX_O_RDONLY)
                .readAll(limit: 4096)
        else { return [] }
        return Set(String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }.map { Substring($0) })
    }

    private static func file(_ path: FilePath, contains text: String) -> Bool {
        guard let bytes = try? OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 1 << 20) else {
            return false
        }
        return String(decoding: bytes, as: UTF8.self).contains(text)
    }

    private static func exists(_ path: FilePath) -> Bool {
        path.withCString { unsafe clinux_faccessat2(CLINUX_AT_FDCWD, $0, 0, 0) } == 0
    }

    private static func onPath(_ name: String) -> Bool {
        // Debian's `PATH` of ordinary users lacks the directories with "sbin".
        let directories = (Environment.value(of: "PATH") ?? "").split(separator: ":").map { String($0) }
        return (directories + ["/usr/local/sbin", "/usr/sbin", "/sbin"]).contains { exists(FilePath("\($0)/\(name)")) }
    }
}
