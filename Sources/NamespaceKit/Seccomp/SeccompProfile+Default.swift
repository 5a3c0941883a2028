// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension SeccompProfile {
    /// Docker's default profile, for a container with these capabilities.
    ///
    /// It refuses with `EPERM` what it does not name, and with `ENOSYS` what is newer than it, and `clone3` without
    /// `CAP_SYS_ADMIN`, so that C libraries fall back to `clone`, whose flags a filter can see.
    ///
    /// - Parameters:
    ///   - capabilities: The container's bounding set; each capability adds the calls that need it.
    ///   - native: The architecture of the host.
    /// - Returns: The profile, which is to be compiled for the same architecture.
    public static func `default`(
        capabilities: CapabilitySet = .dockerDefault,
        native: SeccompArchitecture = .native
    ) -> SeccompProfile {
        var rules = [SeccompRule(names: DefaultSyscalls.everywhere, action: .allow)]
        rules += socketRules + personalityRules
        if native.family.contains(.x86_64) {
            rules.append(SeccompRule(names: ["arch_prctl", "modify_ldt"], action: .allow))
        }
        if native.family.contains(.arm) {
            let names = "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls"
            rules.append(SeccompRule(names: DefaultSyscalls.words(names), action: .allow))
        }
        for (capability, names) in callsByCapability where capabilities.contains(capability) {
            rules.append(SeccompRule(names: DefaultSyscalls.words(names), action: .allow))
        }
        if !capabilities.contains(.sysAdmin) { rules += cloneRules }
        return SeccompProfile(defaultAction: .error(1), architectures: native.family, rules: rules)
    }

    /// Every address family but `AF_ALG` (38) and `AF_VSOCK` (40): the one exposes the kernel's crypto code, the other
    /// is not separated by network namespaces.
    private static var socketRules: [SeccompRule] {
        let families = [
            SeccompCondition(index: 0, .less, value: 38), SeccompCondition(index: 0, .equal, value: 39),
            SeccompCondition(index: 0, .greater, value: 40),
        ]
        return families.map { SeccompRule(names: ["socket"], action: .allow, conditions: [$0]) }
    }

    /// `PER_LINUX`, `PER_LINUX32`, both with `UNAME26`, and the query.
    private static var personalityRules: [SeccompRule] {
        [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff].map { (value: UInt64) in
            SeccompRule(
                names: ["personality"],
                action: .allow,
                conditions: [SeccompCondition(index: 0, .equal, value: value)]
            )
        }
    }

    /// `clone` without flags that make namespaces.
    private static var cloneRules: [SeccompRule] {
        // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
        let namespaces: UInt64 =
            0x0002_0000 | 0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x1000_0000 | 0x2000_0000 | 0x4000_0000
        let none = SeccompCondition(index: 0, .maskedEqual, value: namespaces, valueTwo: 0)
        return [
            SeccompRule(names: ["clone"], action: .allow, conditions: [none]),
            SeccompRule(names: ["clone3"], action: .error(38)),
        ]
    }

    private static var callsByCapability: [(Capability, String)] {
        [
            (.dacReadSearch, "open_by_handle_at"),
            (
                .sysAdmin,
                """
                bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr
                lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl
                quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare
                """
            ),
            (.sysBoot, "reboot"),
            (.sysChroot, "chroot"),
            (.sysModule, "delete_module init_module finit_module"),
            (.sysPacct, "acct"),
            (.sysPtrace, "kcmp pidfd_getfd process_madvise"),
            (.sysRawIO, "iopl ioperm"),
            (.sysTime, "settimeofday stime clock_settime clock_settime64"),
            (.sysTTYConfig, "vhangup"),
            (.sysNice, "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"),
            (.syslog, "syslog"),
            (.bpf, "bpf"),
            (.perfmon, "perf_event_open"),
        ]
    }
}
