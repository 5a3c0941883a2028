// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import LinuxSystem
internal import SystemPackage

extension HostReport {
    static var cgroups: HostCheck {
        do throws(CgroupError) {
            let layout = try CgroupLayout.detect()
            let controllers = layout.hierarchies.reduce(into: Set<String>()) { found, hierarchy in
                found.formUnion(hierarchy.controllers.map(\.rawValue))
            }
            let absent = ["cpu", "memory", "pids"].filter { !controllers.contains($0) }
            let kind =
                switch layout.kind {
                case .unified: "version 2"
                case .legacy: "version 1"
                case .hybrid: "version 1, with version 2 beside it (hybrid)"
                }
            guard absent.isEmpty else {
                return HostCheck(
                    "cgroups",
                    .warning,
                    "\(kind), without the controllers \(absent.joined(separator: ", ")): such limits cannot be set",
                    fix: layout.kind == .unified
                        ? "echo '\(absent.map { "+\($0)" }.joined(separator: " "))' > /sys/fs/cgroup/cgroup.subtree_control"
                        : "boot with these controllers enabled"
                )
            }
            return HostCheck("cgroups", .ok, "\(kind): \(controllers.sorted().joined(separator: ", "))")
        } catch {
            return HostCheck(
                "cgroups",
                .warning,
                "\(error)",
                fix: "mount -t cgroup2 none /sys/fs/cgroup"
            )
        }
    }

    static var userNamespaces: HostCheck {
        if text("/proc/sys/user/max_user_namespaces") == "0" {
            return HostCheck(
                "user namespaces",
                .warning,
                "user.max_user_namespaces is 0: none can be made",
                fix: "sysctl user.max_user_namespaces=15000"
            )
        }
        if text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" {
            return HostCheck(
                "user namespaces",
                .warning,
                "AppArmor allows them for root, and for programs with a profile, only",
                fix: "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or a profile that allows userns"
            )
        }
        if text("/proc/sys/kernel/unprivileged_userns_clone") == "0" {
            return HostCheck(
                "user namespaces",
                .warning,
                "for root only",
                fix: "sysctl kernel.unprivileged_userns_clone=1"
            )
        }
        let isThere = (try? OwnedFileDescriptor.open("/proc/self/ns/user", 0)) != nil
        return HostCheck(
            "user namespaces",
            isThere ? .ok : .warning,
            isThere ? "for every user" : "the kernel has none",
            fix: isThere ? nil : "use a kernel with CONFIG_USER_NS"
        )
    }

    static var securityModules: HostCheck {
        let list = text("/sys/kernel/security/lsm")
        return HostCheck("security modules", .ok, list ?? "unknown (securityfs is not mounted)")
    }
}
