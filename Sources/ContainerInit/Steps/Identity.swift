// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    mutating func executeIdentity(_ instruction: MappedInstruction) throws(StepError) {
        switch instruction {
        case .dropBoundingSet(let keep): try dropBoundingSet(keep: keep)
        case .setUser(let uid, let gid, let groups, let setGroups):
            try setUser(uid: uid, gid: gid, groups: groups, setGroups: setGroups != 0)
        case .setCapabilities(let effective, let permitted, let inheritable, let ambient):
            try setCapabilities(
                effective: effective,
                permitted: permitted,
                inheritable: inheritable,
                ambient: ambient
            )
        case .setNoNewPrivileges: try check(clinux_prctl(CLINUX_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), .prctl)
        case .setWorkingDirectory(let path, let mayBeDenied):
            do throws(StepError) { try setWorkingDirectory(path) } catch {
                guard mayBeDenied != 0, error.errno == CLINUX_EACCES || error.errno == CLINUX_EPERM else { throw error }
            }
        case .findHome(let uid): try findHome(of: uid)
        case .ownStreams(let uid, let hasTerminal): try ownStreams(uid, hasTerminal: hasTerminal != 0)
        case .installSeccomp(let filter, let flags): try installSeccomp(filter, flags: flags)
        default: throw StepError(CLINUX_EPROTO, .plan)
        }
    }

    /// Drops every capability that the kernel knows and `keep` lacks; the kernel's last one answers the end.
    private func dropBoundingSet(keep: UInt64) throws(StepError) {
        for capability in UInt(0)..<64 where keep & (1 << UInt64(capability)) == 0 {
            let result = clinux_prctl(CLINUX_PR_CAPBSET_DROP, capability, 0, 0, 0)
            if result == -CLINUX_EINVAL { return }
            // Without CAP_SETPCAP the set cannot shrink; that is fine only for what is absent already.
            if result == -CLINUX_EPERM, clinux_prctl(CLINUX_PR_CAPBSET_READ, capability, 0, 0, 0) == 0 { continue }
            try check(result, .boundingSet)
        }
    }

    private func setUser(uid: UInt32, gid: UInt32, groups: MappedText, setGroups: Bool) throws(StepError) {
        if setGroups {
            let numbers = unsafe UnsafeRawPointer(reader.pointer(groups))
            // The text may be unaligned for 32-bit words; the kernel copies bytes, so that does not matter to it.
            unsafe try check(
                clinux_setgroups(groups.count / 4, numbers.assumingMemoryBound(to: UInt32.self)),
                .setgroups
            )
        }
        try check(clinux_prctl(CLINUX_PR_SET_KEEPCAPS, 1, 0, 0, 0), .keepCapabilities)
        try check(clinux_setresgid(gid, gid, gid), .setresgid)
        try check(clinux_setresuid(uid, uid, uid), .setresuid)
        try check(clinux_prctl(CLINUX_PR_SET_KEEPCAPS, 0, 0, 0, 0), .keepCapabilities)
    }

    private func setCapabilities(
        effective: UInt64,
        permitted: UInt64,
        inheritable: UInt64,
        ambient: UInt64
    ) throws(StepError) {
        try check(clinux_capset(effective, permitted, inheritable), .capset)
        try check(
            clinux_prctl(CLINUX_PR_CAP_AMBIENT, UInt(CLINUX_PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0),
            .ambient
        )
        for capability in UInt(0)..<64 where ambient & (1 << UInt64(capability)) != 0 {
            try check(
                clinux_prctl(CLINUX_PR_CAP_AMBIENT, UInt(CLINUX_PR_CAP_AMBIENT_RAISE), capability, 0, 0),
                .ambient
            )
        }
    }

    /// Changes the directory, and makes sure that it has a name inside the root: a descriptor that leaked into the
    /// path would lead outside (CVE-2024-21626).
    private mutating func setWorkingDirectory(_ path: MappedText) throws(StepError) {
        if hasWorkingDirectory { return }
        let resolve = UInt64(CLINUX_RESOLVE_IN_ROOT | CLINUX_RESOLVE_NO_MAGICLINKS)
        let directory = unsafe try check(
            clinux_openat2(
                CLINUX_AT_FDCWD,
                reader.pointer(path),
                UInt64(CLINUX_O_PATH | CLINUX_O_DIRECTORY | CLINUX_O_CLOEXEC),
                0,
                resolve
            ),
            .chdir
        )
        try check(clinux_fchdir(directory), .chdir)
        _ = clinux_close(directory)
        let buffer = unsafe UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: CChar.self)
        unsafe try check(clinux_getcwd(buffer, Self.pathCapacity), .notInRoot)
        guard unsafe scratch[0] == UInt8(ascii: "/") else { throw StepError(CLINUX_ENOENT, .notInRoot) }
        hasWorkingDirectory = true
    }

    /// A program that is not root opens its streams by name, such as `/dev/stdout`, only when they are its own. Files
    /// and devices of the host keep their owner, and so does what is not ours to give or cannot be changed.
    private func ownStreams(_ uid: UInt32, hasTerminal: Bool) throws(StepError) {
        for stream in CInt(0)...2 {
            var status = clinux_statx()
            let mask = UInt32(CLINUX_STATX_TYPE | CLINUX_STATX_UID)
            // A closed one belongs to nobody.
            guard unsafe clinux_statx(stream, "", CLINUX_AT_EMPTY_PATH, mask, &status) >= 0 else { continue }
            let kind = CInt(status.mode) & CLINUX_S_IFMT
            guard kind == CLINUX_S_IFIFO || hasTerminal && kind == CLINUX_S_IFCHR, status.uid != uid else { continue }
            let result = clinux_fchown(stream, uid, .max)
            if result != -CLINUX_EPERM && result != -CLINUX_EROFS { try check(result, .chown) }
        }
    }

    /// Installs the filter. Its listener, if it has one, is fetched by the host, which says when the supervisor has it:
    /// until then a call that asks the supervisor would never return. The number is written with write(2), the one
    /// call that a filter may not notify of.
    private func installSeccomp(_ filter: MappedText, flags: UInt32) throws(StepError) {
        let result = unsafe try check(
            clinux_seccomp_filter(flags, UInt16(truncatingIfNeeded: filter.count / 8), reader.pointer(filter)),
            .seccomp
        )
        if flags & UInt32(CLINUX_SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0 {
            let words: [4 of UInt32] = [
                Report.Kind.seccompListener.rawValue, index, 0, UInt32(bitPattern: result),
            ]
            let control = control
            let written = unsafe withUnsafePointer(to: words) { unsafe clinux_write(control, $0, Report.size) }
            try check(written, .send)
            try awaitWord()
            _ = clinux_close(result)
        }
    }
}
