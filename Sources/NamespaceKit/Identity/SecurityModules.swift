// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
public import SystemPackage

/// The security modules of the running kernel that can confine a process by name.
public struct SecurityModules: Hashable, Sendable {
    /// Where AppArmor takes the profile of the next `execve` from.
    public enum AppArmorInterface: Hashable, Sendable {
        /// `attr/apparmor/exec`, AppArmor's own (Linux 5.8).
        case own
        /// `attr/exec`, which it may share.
        case shared
    }

    /// AppArmor's interface; `nil` when it is not in use.
    public var appArmor: AppArmorInterface?
    /// Whether SELinux is in use and has a policy.
    public var seLinux: Bool

    /// Describes a kernel.
    public init(appArmor: AppArmorInterface? = nil, seLinux: Bool = false) {
        self.appArmor = appArmor
        self.seLinux = seLinux
    }

    /// Asks the running kernel. Needs no privilege.
    ///
    /// - Parameter root: A directory that stands for `/`, for trees that are not the machine's.
    /// - Returns: What is in use; a module whose files cannot be read is not.
    public static func detect(root: FilePath = "/") -> SecurityModules {
        var modules = SecurityModules()
        if read(root, "sys/module/apparmor/parameters/enabled").first == UInt8(ascii: "Y") {
            let file = root.appending("proc/self/attr/apparmor/exec")
            let hasOwn = file.withCString { unsafe clinux_faccessat2(CLINUX_AT_FDCWD, $0, 0, 0) } == 0
            modules.appArmor = hasOwn ? .own : .shared
        }
        // Before a policy is loaded, every process runs as "kernel".
        let context = read(root, "proc/self/attr/current").prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }
        modules.seLinux =
            !read(root, "sys/fs/selinux/enforce").isEmpty && !context.isEmpty
            && !context.elementsEqual("kernel".utf8)
        return modules
    }

    private static func read(_ root: FilePath, _ path: FilePath) -> [UInt8] {
        let file = root.appending(path.components)
        return (try? OwnedFileDescriptor.open(file, CLINUX_O_RDONLY).readAll(limit: 4096)) ?? []
    }
}
