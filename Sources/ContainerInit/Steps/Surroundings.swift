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
        case .openProc(let slot): proc = slot == .max ? try openPrivateProc() : descriptor(slot)
        case .writeProcFile(let path, let value): try writeProcFile(path, value)
        case .raiseLoopback: try check(clinux_raise_loopback(), .ioctl)
        case .setResourceLimit(let resource, let soft, let hard):
            var limit = clinux_rlimit(soft: soft, hard: hard)
            unsafe try check(clinux_prlimit(0, CInt(bitPattern: resource), &limit, nil), .prlimit)
        case .newSessionKeyring(let name, let permissions): try newSessionKeyring(name, permissions)
        case .enterDirectory(let slot): try check(clinux_fchdir(descriptor(slot)), .fchdir)
        case .openTerminal(let rows, let columns, let bindConsole):
            try openTerminal(rows: rows, columns: columns, bindConsole: bindConsole != 0)
        case .setUmask(let mask): _ = clinux_umask(mask)
        default: throw StepError(CLINUX_EPROTO, .plan)
        }
    }

    /// Joins the session keyring of this name and lets others find it as far as `permissions` say.
    private func newSessionKeyring(_ name: MappedText, _ permissions: UInt32) throws(StepError) {
        let key = unsafe clinux_join_session_keyring(reader.pointer(name))
        // A kernel without keyrings has nothing to share either.
        if key == -Int(CLINUX_ENOSYS) { return }
        try check(key, .keyctl)
        if permissions == 0 { return }
        let capacity = Self.pathCapacity
        let text = unsafe UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: CChar.self)
        let length = Int(unsafe try check(clinux_describe_key(key, text, capacity), .keyctl))
        // type;uid;gid;permissions in hexadecimal digits;name
        var separators = 0
        var present: UInt32 = 0
        for index in 0..<min(length, capacity) where separators < 4 {
            let byte = unsafe scratch[index]
            if byte == UInt8(ascii: ";") {
                separators += 1
            } else if separators == 3 {
                let digit = byte >= UInt8(ascii: "a") ? byte &- UInt8(ascii: "a") &+ 10 : byte &- UInt8(ascii: "0")
                guard digit < 16 else { throw StepError(CLINUX_EPROTO, .keyctl) }
                present = present << 4 | UInt32(digit)
            }
        }
        try check(clinux_key_set_permissions(key, present | permissions), .keyctl)
    }

    /// Writes to a file of the host's procfs or of one that is attached nowhere, so that nothing in the container can
    /// stand in its way.
    private func writeProcFile(_ path: MappedText, _ value: MappedText) throws(StepError) {
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
