// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Instruction: CustomStringConvertible where Storage == HostStorage {
    /// The step in words, for plans that people read and for errors: `mount tmpfs at /dev (mode=755)`.
    package var description: String {
        switch self {
        case .dieWithParent(let signal): "die with the parent (signal \(signal))"
        case .hide: "hide from tracers"
        case .joinNamespaces(_, let flags): "join \(Self.namespaceNames(flags)) namespace"
        case .unshare(let flags): "unshare \(Self.namespaceNames(flags)) namespace"
        case .awaitHost(let point):
            switch point {
            case 0: "wait for the host to place the process"
            case 2: "wait for the host to set the clocks"
            case 3: "wait for the host to move network devices"
            default: "wait for the host's hooks"
            }
        case .awaitPlacement: "wait until the host has placed the process"
        case .becomeRoot: "become root of the user namespace"
        case .continueInChild: "continue in a child inside the pid namespace"
        case .newSession: "start a session"
        case .setPropagation(let value): "make all mounts \(Self.propagationName(value))"
        case .attachRoot(let source, let attributes, _): "attach root \(source.description)\(attributes.description)"
        case .mountFileSystem(let type, let options, let target, let attributes, let inheritance):
            "mount \(Self.show(type)) at \(Self.show(target.path))\(Self.show(options))\(attributes.description)"
                + (inheritance.contains(.content) ? " with what is there" : "")
        case .bindMount(let source, let target, let attributes):
            "bind mount \(source.description) at \(Self.show(target.path))\(attributes.description)"
        case .setMountAttributes(let path, let attributes):
            "change mount \(Self.show(path))\(attributes.description)"
        case .reconfigure(let path, let options): "remount \(Self.show(path))\(Self.show(options))"
        case .makeDevice(let path, let mode, let major, let minor, _, _):
            "make device \(Self.show(path)) \(Self.deviceLetter(mode)) \(major):\(minor)"
        case .makeDirectory(let path, _): "make directory \(Self.show(path))"
        case .makeSymlink(let path, let destination): "make link \(Self.show(path)) to \(Self.show(destination))"
        case .setContext(let path, let context): "label \(Self.show(path)) with \(Self.show(context))"
        case .prepareMasks(let options): "prepare masks\(Self.show(options))"
        case .mask(let path): "mask \(Self.show(path))"
        case .makeReadOnly(let path): "make \(Self.show(path)) read-only"
        case .pivotRoot: "pivot root"
        case .holdRoot(let source, let attributes): "keep root \(source.description)\(attributes.description)"
        case .detachMount(let path): "detach the old root's mount \(Self.show(path))"
        case .enterRoot: "change root"
        default: surroundingsDescription
        }
    }

    private var surroundingsDescription: String {
        switch self {
        case .setHostname(let name): "set host name \(Self.show(name))"
        case .setDomainname(let name): "set domain name \(Self.show(name))"
        case .openProc(let slot): slot == .max ? "make a procfs" : "use procfs \(slot)"
        case .writeProcFile(let path, let value): "write \(Self.show(value)) to /proc/\(Self.show(path))"
        case .raiseLoopback: "bring up the loopback interface"
        case .setResourceLimit(let resource, let soft, let hard):
            "set \(ResourceName.of(resource)) to \(Self.limit(soft)), at most \(Self.limit(hard))"
        case .setPersonality(let value): "set personality \(value)"
        case .newSessionKeyring(let name, _): "join session keyring \(Self.show(name))"
        case .setScheduler(let policy, _, _, _, _, _, _): "set scheduling policy \(SchedulingName.of(policy))"
        case .setIOPriority(let value): "set I/O priority class \(value >> 13), level \(value & 0x1fff)"
        case .setMemoryPolicy(let mode, _): "set memory policy \(mode & 0xff)"
        case .setAffinity(let mask):
            mask.isEmpty ? "run on every processor" : "run on processors \(IndexMask(bytes: mask))"
        case .enterDirectory(let slot): "enter directory \(slot)"
        case .openTerminal: "open a terminal"
        case .setUmask(let mask): "set umask 0\(String(mask, radix: 8))"
        case .dropBoundingSet(let keep): "drop bounding capabilities except 0x\(String(keep, radix: 16))"
        case .setUser(let uid, let gid, let groups, _):
            "become user \(uid), group \(gid), \(groups.count / 4) more groups"
        case .setCapabilities(let effective, let permitted, _, _):
            "set capabilities effective 0x\(String(effective, radix: 16)) permitted 0x\(String(permitted, radix: 16))"
        case .setNoNewPrivileges: "set no_new_privs"
        case .setWorkingDirectory(let path, _): "change to working directory \(Self.show(path))"
        case .findHome(let uid): "find the home directory of user \(uid)"
        case .ownStreams(let uid, _): "give the standard streams to user \(uid)"
        case .installSeccomp(let filter, _): "install seccomp filter of \(filter.count / 8) instructions"
        case .runHook(let name, let path, _, _, _, _, _, _): "run \(Self.show(name)) \(Self.show(path))"
        case .findExecutable(let candidates): "find executable \(Self.program(candidates))"
        case .awaitStart: "wait for the start"
        case .closeDescriptors(let first): "close descriptors from \(first) on"
        case .prepareProgram: "prepare the program"
        case .announce: "announce the program"
        case .execute: "execute the program"
        case .awaitPlan: "wait for the rest of the plan"
        case .placeDescriptors(let first, let count):
            count == 0 ? "place no descriptors" : "place descriptors \(first) to \(first + count - 1)"
        default: "step \(opcode.rawValue)"
        }
    }

    /// One path, or one name in several directories.
    private static func program(_ candidates: [[UInt8]]) -> String {
        guard candidates.count > 1, let name = candidates[0].split(separator: UInt8(ascii: "/")).last else {
            return show(candidates.first ?? [])
        }
        let directories = candidates.map { show($0.dropLast(name.count + 1)) }
        return "\(show(Array(name))) in \(directories.joined(separator: ":"))"
    }

    /// Bytes as text; what is not printable ASCII or valid UTF-8 is shown escaped.
    static func show(_ bytes: some Collection<UInt8>) -> String {
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            text += scalar.value < 0x20 || scalar.value == 0x7f ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return text
    }

    private static func show(_ options: [[UInt8]]) -> String {
        options.isEmpty ? "" : " (" + options.map { show($0) }.joined(separator: ",") + ")"
    }

    private static func limit(_ value: UInt64) -> String { value == .max ? "unlimited" : String(value) }

    private static func deviceLetter(_ mode: UInt32) -> String {
        switch mode & 0o170000 {
        case 0o060000: "b"
        case 0o010000: "p"
        default: "c"
        }
    }

    private static func propagationName(_ value: UInt64) -> String {
        switch value {
        case 1 << 17: "unbindable"
        case 1 << 18: "private"
        case 1 << 19: "slave"
        default: "shared"
        }
    }

    private static func namespaceNames(_ flags: UInt32) -> String {
        let names: [(UInt32, String)] = [
            (0x1000_0000, "user"), (0x2000_0000, "pid"), (0x0002_0000, "mount"), (0x4000_0000, "network"),
            (0x0800_0000, "ipc"), (0x0400_0000, "uts"), (0x0200_0000, "cgroup"), (0x80, "time"),
        ]
        return names.filter { flags & $0.0 != 0 }.map(\.1).joined(separator: ", ")
    }
}

extension TreeSource where Storage == HostStorage {
    var description: String {
        switch self {
        case .path(let path, let recursive): HostInstruction.show(path) + (recursive ? " recursively" : "")
        case .slot(let slot): "tree \(slot)"
        }
    }
}

extension MountAttributes {
    /// The attributes in mount(8)'s words, empty when there are none.
    var description: String {
        var words: [String] = []
        for (bit, name) in Self.names {
            if (set | recursiveSet) & bit != 0 { words.append(name) }
            if (clear | recursiveClear) & bit != 0 && (set | recursiveSet) & bit == 0 { words.append("not \(name)") }
        }
        return words.isEmpty ? "" : " [" + words.joined(separator: " ") + "]"
    }

    private static var names: [(UInt64, String)] {
        [
            (0x1, "ro"), (0x2, "nosuid"), (0x4, "nodev"), (0x8, "noexec"), (0x10, "noatime"), (0x20, "strictatime"),
            (0x80, "nodiratime"), (0x20_0000, "nosymfollow"),
        ]
    }
}

extension Opcode {
    /// The step in words, where its arguments are not known.
    package var name: String {
        switch self {
        case .execute: "execute the program"
        case .installSeccomp: "install seccomp filter"
        case .runHook: "run a hook"
        case .setCapabilities: "set capabilities"
        case .prepareProgram: "prepare the program"
        case .closeDescriptors: "close descriptors"
        case .awaitStart: "wait for the start"
        case .awaitPlan: "wait for the rest of the plan"
        default: "step \(rawValue)"
        }
    }
}

extension StepDetail {
    /// The system call that failed.
    package var call: String {
        switch self {
        case .none, .plan: "plan"
        case .openTarget, .open, .openRoot, .createTarget, .symlinkLoop: "openat2"
        case .openTree: "open_tree"
        case .mountSetattr: "mount_setattr"
        case .moveMount: "move_mount"
        case .pivotRoot: "pivot_root"
        case .umount: "umount2"
        case .keepCapabilities, .ambient, .boundingSet, .prctl: "prctl"
        case .hookFork, .clone: "clone3"
        case .hookStatus, .hookSignal, .hookTimeout: "hook"
        case .notInRoot: "getcwd"
        case .send: "sendmsg"
        case .access, .notExecutable: "faccessat2"
        case .accept: "accept4"
        case .closeRange: "close_range"
        case .fsopen: "fsopen"
        case .fsconfig: "fsconfig"
        case .fsmount: "fsmount"
        case .fchdir: "fchdir"
        case .chroot: "chroot"
        case .chdir: "fchdir"
        case .setgroups: "setgroups"
        case .setresgid: "setresgid"
        case .setresuid: "setresuid"
        case .capset: "capset"
        case .write: "write"
        case .read: "read"
        case .mknod: "mknodat"
        case .chown: "fchownat"
        case .chmod: "fchmodat"
        case .symlink: "symlinkat"
        case .mkdir: "mkdirat"
        case .ioctl: "ioctl"
        case .seccomp: "seccomp"
        case .socket: "socket"
        case .execve: "execve"
        case .setns: "setns"
        case .unshare: "unshare"
        case .sethostname: "sethostname"
        case .setdomainname: "setdomainname"
        case .prlimit: "prlimit"
        case .keyctl: "keyctl"
        case .personality: "personality"
        case .setsid: "setsid"
        case .fspick: "fspick"
        case .readDirectory: "getdents64"
        case .status: "statx"
        case .link: "linkat"
        case .readLink: "readlinkat"
        case .setTimes: "utimensat"
        case .attribute: "fsetxattr"
        case .schedSetattr: "sched_setattr"
        case .schedSetaffinity: "sched_setaffinity"
        case .ioprioSet: "ioprio_set"
        case .setMempolicy: "set_mempolicy"
        }
    }
}
