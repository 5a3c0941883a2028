// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What the init tells the host: one message of the control socket.
///
/// Encoded as four 32-bit little-endian words: kind, instruction, error number, detail.
package struct Report: Hashable, Sendable {
    /// What happened.
    package enum Kind: UInt32, Sendable {
        /// An instruction failed; the init is gone after this.
        case failed = 1
        /// `awaitHost` is reached; `detail` is the point.
        case reached
        /// `awaitStart` is reached: the container is created.
        case ready
        /// The next call is `execve`; the end of the stream without ``failed`` means that it worked.
        case executing
        /// A descriptor comes along: the pidfd of the child that goes on. `detail` is its pid as the init sees it.
        case child
        /// A descriptor comes along: the host's side of the terminal.
        case terminal
        /// `detail` is the number of the seccomp listener among the init's descriptors, which waits until it was handed on.
        case seccompListener
        /// The times follow in this message after the four words: 64-bit nanoseconds of `CLOCK_MONOTONIC`.
        case times
        /// `awaitPlan` is reached: the plan's front is done, and the init waits for the rest.
        case prepared
    }

    package var kind: Kind
    /// The index of the instruction in the plan.
    package var instruction: UInt32
    /// The error number of a failure, else 0.
    package var errno: UInt32
    /// Meaning depends on the kind; of a failure, which call of the instruction failed (``StepDetail``, low 16 bits)
    /// and the instruction's opcode (high 16 bits).
    package var detail: UInt32

    /// Size of an encoded report in bytes.
    package static let size = 16

    package init(_ kind: Kind, instruction: UInt32, errno: UInt32 = 0, detail: UInt32 = 0) {
        self.kind = kind
        self.instruction = instruction
        self.errno = errno
        self.detail = detail
    }

    /// Reads a report from the front of a message; `nil` when it is none.
    package init?(message: ArraySlice<UInt8>) {
        guard message.count >= Self.size else { return nil }
        func word(_ index: Int) -> UInt32 {
            let start = message.startIndex + 4 * index
            return UInt32(message[start]) | UInt32(message[start + 1]) << 8 | UInt32(message[start + 2]) << 16
                | UInt32(message[start + 3]) << 24
        }
        guard let kind = Kind(rawValue: word(0)) else { return nil }
        self.init(kind, instruction: word(1), errno: word(2), detail: word(3))
    }
}

/// Which system call of an instruction failed, for those that make several.
package enum StepDetail: UInt32, Sendable {
    case none = 0
    case openTarget, createTarget, openTree, fsopen, fsconfig, fsmount, mountSetattr, moveMount, openRoot
    case fchdir, pivotRoot, umount, chdir, setgroups, setresgid, setresuid, keepCapabilities, capset, ambient
    case boundingSet, open, write, read, mknod, chown, chmod, symlink, mkdir, hookFork, hookStatus, hookTimeout
    case ioctl, seccomp, clone, socket, execve, prctl, setns, unshare, sethostname, setdomainname, prlimit, keyctl
    case personality, notInRoot, send, plan, access, notExecutable, accept, symlinkLoop, setsid, closeRange, hookSignal
    case fspick, readDirectory, status, link, readLink, setTimes, attribute
    case schedSetattr, schedSetaffinity, ioprioSet, setMempolicy, chroot
}
