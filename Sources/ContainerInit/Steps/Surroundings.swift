// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    mutating func becomeRoot() throws(StepError) {
        try check(clinux_setresgid(0, 0, 0), .setresgid)
        try check(clinux_setresuid(0, 0, 0), .setresuid)
        // Where setgroups(2) is denied in the user namespace, the groups stay as the host had them.
        let result = clinux_setgroups(0, nil)
        if result != -CLINUX_EPERM { try check(result, .setgroups) }
    }

    /// Goes on in a child that is inside the joined pid namespace. It is our parent's child, and our parent gets its
    /// pidfd; then we are done.
    func continueInChild() throws(StepError) {
        var pidfd: CInt = -1
        let pid = unsafe try check(clinux_fork(UInt64(CLINUX_CLONE_PARENT), &pidfd), .clone)
        if pid == 0 { return }
        try send(Report(.child, instruction: index, detail: UInt32(bitPattern: pid)), passing: pidfd)
        clinux_exit_group(0)
    }

    func newSession() throws(StepError) {
        // EPERM: we lead a process group already, which a fresh process does only when it leads its session too.
        let result = clinux_setsid()
        if result != -CLINUX_EPERM { try check(result, .setsid) }
    }

    mutating func executeSurroundings(_ instruction: MappedInstruction) throws(StepError) {
        switch instruction {
        case .setHostname(let name):
            unsafe try check(clinux_sethostname(reader.pointer(name), name.count), .sethostname)
        case .setDomainname(let name):
            unsafe try check(clinux_setdomainname(reader.pointer(name), name.count), .setdomainname)
        case .writeProcFile(let path, let value): try writeProcFile(path, value)
        case .raiseLoopback: try check(clinux_raise_loopback(), .ioctl)
        case .setResourceLimit(let resource, let soft, let hard):
            var limit = clinux_rlimit(soft: soft, hard: hard)
            unsafe try check(clinux_prlimit(0, CInt(bitPattern: resource), &limit, nil), .prlimit)
        case .setPersonality(let persona): try check(clinux_personality(UInt(persona)), .personality)
        case .newSessionKeyring(let name): try newSessionKeyring(name)
        case .openTerminal(let rows, let columns, let bindConsole):
            try openTerminal(rows: rows, columns: columns, bindConsole: bindConsole != 0)
        case .setUmask(let mask): _ = clinux_umask(mask)
        default: throw StepError(CLINUX_EPROTO, .plan)
        }
    }

    /// Joins a keyring of its own and takes away what possessors of others' keyrings could do with it.
    private func newSessionKeyring(_ name: MappedText) throws(StepError) {
        let key = unsafe clinux_join_session_keyring(reader.pointer(name))
        // A kernel without keyrings has nothing to share either.
        if key == -Int(CLINUX_ENOSYS) { return }
        try check(key, .keyctl)
        // Possessor: everything; user: view and read.
        try check(clinux_key_set_permissions(key, 0x3f03_0000), .keyctl)
    }

    /// Writes to a file of a procfs that is attached nowhere, so that nothing in the container can stand in its way.
    private mutating func writeProcFile(_ path: MappedText, _ value: MappedText) throws(StepError) {
        if proc < 0 { proc = try openPrivateProc() }
        let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_MAGICLINKS | CLINUX_RESOLVE_NO_XDEV)
        let file = unsafe try check(
            clinux_openat2(
                proc,
                reader.pointer(path),
                UInt64(CLINUX_O_WRONLY | CLINUX_O_CLOEXEC | CLINUX_O_NOFOLLOW),
                0,
                resolve
            ),
            .open
        )
        let written = unsafe clinux_write(file, reader.pointer(value), value.count)
        _ = clinux_close(file)
        try check(written, .write)
    }

    private func openPrivateProc() throws(StepError) -> CInt {
        let context = unsafe try check(clinux_fsopen("proc", UInt32(CLINUX_FSOPEN_CLOEXEC)), .fsopen)
        try check(clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_CMD_CREATE), nil, nil, 0), .fsconfig)
        let attributes = UInt32(CLINUX_MOUNT_ATTR_NOSUID | CLINUX_MOUNT_ATTR_NODEV | CLINUX_MOUNT_ATTR_NOEXEC)
        let mount = try check(clinux_fsmount(context, UInt32(CLINUX_FSMOUNT_CLOEXEC), attributes), .fsmount)
        _ = clinux_close(context)
        return mount
    }
}
