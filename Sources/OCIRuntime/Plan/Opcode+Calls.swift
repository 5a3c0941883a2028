// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LaunchPlan

extension Opcode {
    /// The system calls by which the init takes the step, in order; those that only look are left out.
    var calls: [String] {
        switch self {
        case .dieWithParent, .hide, .dropBoundingSet, .setNoNewPrivileges: ["prctl"]
        case .joinNamespaces: ["setns"]
        case .unshare: ["unshare"]
        case .awaitHost, .awaitStart: ["sendmsg", "read"]
        case .awaitPlacement: ["read"]
        case .becomeRoot: ["setgroups", "setresgid", "setresuid"]
        case .continueInChild: ["clone3"]
        case .newSession: ["setsid"]
        case .setPropagation: ["mount_setattr"]
        case .attachRoot: ["open_tree", "mount_setattr", "move_mount"]
        case .mountFileSystem, .prepareMasks: ["fsopen", "fsconfig", "fsmount", "move_mount"]
        case .bindMount, .mask: ["open_tree", "mount_setattr", "move_mount"]
        case .setMountAttributes: ["mount_setattr"]
        case .reconfigure: ["fspick", "fsconfig"]
        case .makeDevice: ["mknodat", "fchmodat", "fchownat"]
        case .makeDirectory: ["mkdirat"]
        case .makeSymlink: ["symlinkat"]
        case .setContext: ["openat2", "fsetxattr"]
        case .makeReadOnly: ["open_tree", "mount_setattr", "move_mount"]
        case .pivotRoot: ["pivot_root", "umount2"]
        case .holdRoot: ["open_tree", "mount_setattr"]
        case .detachMount: ["umount2"]
        case .enterRoot: ["chroot"]
        default: surroundingsCalls
        }
    }

    private var surroundingsCalls: [String] {
        switch self {
        case .setHostname: ["sethostname"]
        case .setDomainname: ["setdomainname"]
        case .openProc: ["fsopen", "fsconfig", "fsmount"]
        case .writeProcFile: ["openat2", "write"]
        case .raiseLoopback: ["socket", "ioctl"]
        case .setResourceLimit: ["prlimit64"]
        case .setPersonality: ["personality"]
        case .newSessionKeyring: ["keyctl"]
        case .setScheduler: ["sched_setattr"]
        case .setIOPriority: ["ioprio_set"]
        case .setMemoryPolicy: ["set_mempolicy"]
        case .setAffinity: ["sched_setaffinity"]
        case .enterDirectory, .setWorkingDirectory: ["fchdir"]
        case .openTerminal: ["openat2", "ioctl", "sendmsg", "dup3"]
        case .setUmask: ["umask"]
        case .setUser: ["setgroups", "setresgid", "setresuid"]
        case .setCapabilities: ["capset", "prctl"]
        case .ownStreams: ["fchownat"]
        case .installSeccomp: ["seccomp"]
        case .runHook: ["clone3", "execve"]
        case .closeDescriptors: ["close_range"]
        case .announce: ["sendmsg"]
        case .execute: ["execve"]
        case .awaitPlan: ["sendmsg", "recvmsg", "mmap"]
        case .placeDescriptors: ["dup3"]
        default: []
        }
    }
}
