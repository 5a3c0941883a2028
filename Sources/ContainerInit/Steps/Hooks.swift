// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    /// A program to run on the way.
    struct Hook {
        let name: MappedText
        let path: MappedText
        let arguments: MappedList
        let environment: MappedList
        let timeout: UInt32
        let addsHome: Bool
    }

    /// Runs a hook to its end.
    ///
    /// Its input and its output are files in memory, so that neither a hook that does not read nor one that prints a
    /// lot can block, and no signal comes of it. It leads a session, which is killed as a whole when its time is over.
    mutating func run(_ hook: Hook, input: MappedText, tail: MappedText) throws(StepError) {
        hookName = hook.name
        try checkExecutable(hook.path)
        let standardInput = try hookInput(input, tail)
        defer { _ = clinux_close(standardInput) }
        if hookOutput >= 0 { _ = clinux_close(hookOutput) }
        hookOutput = unsafe try check(clinux_memfd_create("hook-output", UInt32(CLINUX_MFD_CLOEXEC)), .hookFork)
        let vectors = unsafe try pointers(hook.arguments, hook.environment)
        if hook.addsHome, let home = unsafe home {
            unsafe vectors[hook.arguments.count + 1 + hook.environment.count] = unsafe home
        }
        var pidfd: CInt = -1
        let pid = unsafe try check(clinux_fork_by_clone(&pidfd), .hookFork)
        if pid == 0 {
            _ = clinux_setsid()
            // Until the root changes, what the hook works on is the future root.
            if root >= 0 { _ = clinux_fchdir(root) }
            _ = clinux_dup3(standardInput, 0, 0)
            _ = clinux_dup3(hookOutput, 1, 0)
            _ = clinux_dup3(hookOutput, 2, 0)
            _ = clinux_close_range(3, .max, UInt32(CLINUX_CLOSE_RANGE_CLOEXEC))
            resetSignals()
            let environment = unsafe vectors + hook.arguments.count + 1
            let result = unsafe clinux_execve(reader.pointer(hook.path), vectors, environment)
            clinux_exit_group(result == -CLINUX_ENOENT ? 127 : 126)
        }
        defer { _ = clinux_close(pidfd) }
        try awaitHook(pid, pidfd, timeoutSeconds: hook.timeout)
        hookName = nil
    }

    /// The errors of execve(2) that can be foreseen, while there is somebody to tell them to.
    private func checkExecutable(_ path: MappedText) throws(StepError) {
        var status = clinux_statx()
        let pointer = unsafe reader.pointer(path)
        unsafe try check(clinux_statx(CLINUX_AT_FDCWD, pointer, 0, UInt32(CLINUX_STATX_TYPE), &status), .access)
        if CInt(status.mode) & CLINUX_S_IFMT == CLINUX_S_IFDIR { throw StepError(CLINUX_EISDIR, .access) }
        unsafe try check(clinux_faccessat2(CLINUX_AT_FDCWD, pointer, CLINUX_X_OK, CLINUX_AT_EACCESS), .access)
    }

    /// A file with the state: what comes before our process number, the number, and what comes after it.
    private func hookInput(_ front: MappedText, _ tail: MappedText) throws(StepError) -> CInt {
        let file = unsafe try check(clinux_memfd_create("hook-input", UInt32(CLINUX_MFD_CLOEXEC)), .hookFork)
        unsafe try check(clinux_write(file, reader.pointer(front), front.count), .write)
        if tail.count > 0 {
            var digits: [12 of UInt8] = .init(repeating: 0)
            var rest = clinux_getpid()
            var start = 12
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0 && start > 0
            unsafe try withUnsafePointer(to: &digits) { (pointer) throws(StepError) in
                _ = unsafe try check(clinux_write(file, UnsafeRawPointer(pointer) + start, 12 - start), .write)
            }
            unsafe try check(clinux_write(file, reader.pointer(tail), tail.count), .write)
        }
        try check(clinux_lseek(file, 0, CLINUX_SEEK_SET), .write)
        return file
    }

    private func awaitHook(_ pid: CInt, _ pidfd: CInt, timeoutSeconds: UInt32) throws(StepError) {
        var poll = clinux_pollfd(fd: pidfd, events: Int16(CLINUX_POLLIN), returned: 0)
        let limit = timeoutSeconds == 0 ? -1 : CInt(clamping: UInt64(timeoutSeconds) * 1000)
        var ready = unsafe clinux_poll(&poll, 1, limit)
        while ready == -CLINUX_EINTR { ready = unsafe clinux_poll(&poll, 1, limit) }
        let timedOut = ready == 0
        if timedOut {
            // The number cannot mean another process before it is waited for.
            _ = clinux_kill(-pid, CLINUX_SIGKILL)
            _ = clinux_pidfd_send_signal(pidfd, CLINUX_SIGKILL)
        }
        var info = clinux_siginfo()
        var waited: CInt
        repeat {
            waited = unsafe clinux_waitid(CLINUX_P_PIDFD, pidfd, &info, CLINUX_WEXITED | CLINUX_WALL, nil)
        } while waited == -CLINUX_EINTR
        try check(waited, .hookStatus)
        if timedOut { throw StepError(CInt(bitPattern: timeoutSeconds), .hookTimeout) }
        if info.code != CLINUX_CLD_EXITED { throw StepError(info.status, .hookSignal) }
        if info.status != 0 { throw StepError(info.status, .hookStatus) }
    }
}
