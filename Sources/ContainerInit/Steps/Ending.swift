// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    mutating func executeEnd(_ instruction: MappedInstruction) throws(StepError) {
        switch instruction {
        case .runHook(let path, let arguments, let environment, let input, let timeout):
            try runHook(
                path,
                arguments: arguments,
                environment: environment,
                input: input,
                timeoutSeconds: timeout
            )
        case .findExecutable(let candidates): try findExecutable(candidates)
        case .awaitStart(let slot): try awaitStart(slot)
        case .closeDescriptors(let first):
            try check(
                clinux_close_range(first, .max, UInt32(CLINUX_CLOSE_RANGE_CLOEXEC)),
                .closeRange
            )
        case .prepareProgram(let arguments, let environment): try prepareProgram(arguments, environment)
        case .execute: try becomeProgram()
        default: throw StepError(CLINUX_EPROTO, .plan)
        }
    }

    /// Takes the first candidate that may be executed. As the shells do, a candidate that exists but may not be
    /// executed decides the error unless a later one works.
    private mutating func findExecutable(_ candidates: MappedList) throws(StepError) {
        var failure = StepError(CLINUX_ENOENT, .access)
        var found: MappedText?
        try reader.forEach(candidates) { (candidate: MappedText) throws(StepError) in
            if found != nil { return }
            var status = clinux_statx()
            var result = unsafe clinux_statx(
                CLINUX_AT_FDCWD,
                reader.pointer(candidate),
                0,
                UInt32(CLINUX_STATX_TYPE),
                &status
            )
            if result >= 0, CInt(status.mode) & CLINUX_S_IFMT == CLINUX_S_IFDIR { result = -CLINUX_EISDIR }
            if result >= 0 {
                result = unsafe clinux_faccessat2(
                    CLINUX_AT_FDCWD,
                    reader.pointer(candidate),
                    CLINUX_X_OK,
                    CLINUX_AT_EACCESS
                )
            }
            if result >= 0 {
                found = candidate
            } else if result != -CLINUX_ENOENT && result != -CLINUX_ENOTDIR {
                failure = StepError(-result, .access)
            }
        }
        guard let found else { throw failure }
        program = found
    }

    /// Reports readiness and waits for the host's word. With slot 0xffffffff that is the start; with any other it means
    /// that the container is on record, and the start comes from the first peer of the listening socket in the slot,
    /// which gets what is reported from then on. A host that dies before its word takes us with it.
    private mutating func awaitStart(_ slot: UInt32) throws(StepError) {
        try awaitHost(.ready, detail: 0)
        if slot == .max { return }
        while true {
            let peer = clinux_accept4(descriptor(slot), CLINUX_SOCK_CLOEXEC)
            if peer == -CLINUX_EINTR { continue }
            try check(peer, .accept)
            var word: UInt8 = 0
            if unsafe clinux_read(peer, &word, 1) == 1 {
                _ = clinux_close(control)
                control = peer
                return
            }
            _ = clinux_close(peer)
        }
    }

    /// Everything the last call needs, so that a seccomp filter has to allow no more than that call.
    private mutating func prepareProgram(_ arguments: MappedList, _ environment: MappedList) throws(StepError) {
        unsafe vectors = unsafe try pointers(arguments, environment)
        environmentStart = arguments.count + 1
        // What the host ignored would stay ignored.
        for signal in CInt(1)...64 where signal != CLINUX_SIGKILL && signal != CLINUX_SIGSTOP {
            _ = clinux_default_signal(signal)
        }
        try send(Report(.executing, instruction: index))
    }

    private func becomeProgram() throws(StepError) {
        guard let program, let vectors = unsafe vectors else { throw StepError(CLINUX_EPROTO, .plan) }
        let environment = unsafe vectors + environmentStart
        let result = unsafe clinux_execveat(CLINUX_AT_FDCWD, reader.pointer(program), vectors, environment, 0)
        try check(result, .execve)
    }

    /// Argument and environment vectors, one after the other, each ended by a null pointer.
    private func pointers(
        _ arguments: MappedList,
        _ environment: MappedList
    ) throws(StepError) -> UnsafeMutablePointer<UnsafePointer<CChar>?> {
        let count = arguments.count + environment.count + 2
        let address = try check(
            clinux_mmap(
                count * 8,
                CLINUX_PROT_READ | CLINUX_PROT_WRITE,
                CLINUX_MAP_PRIVATE | CLINUX_MAP_ANONYMOUS,
                -1
            ),
            .plan
        )
        guard let vectors = unsafe UnsafeMutablePointer<UnsafePointer<CChar>?>(bitPattern: address) else {
            throw StepError(CLINUX_ENOMEM, .plan)
        }
        var position = 0
        reader.forEach(arguments) { text in
            unsafe vectors[position] = unsafe reader.pointer(text)
            position += 1
        }
        position += 1
        reader.forEach(environment) { text in
            unsafe vectors[position] = unsafe reader.pointer(text)
            position += 1
        }
        return unsafe vectors
    }

    private func runHook(
        _ path: MappedText,
        arguments: MappedList,
        environment: MappedList,
        input: MappedText,
        timeoutSeconds: UInt32
    ) throws(StepError) {
        var pipe: [2 of CInt] = [-1, -1]
        let piped = unsafe withUnsafeMutablePointer(to: &pipe) {
            unsafe UnsafeMutableRawPointer($0).withMemoryRebound(to: CInt.self, capacity: 2) {
                unsafe clinux_pipe2($0, CLINUX_O_CLOEXEC)
            }
        }
        try check(piped, .hookFork)
        let vectors = unsafe try pointers(arguments, environment)
        var pidfd: CInt = -1
        let pid = unsafe try check(clinux_fork(0, &pidfd), .hookFork)
        if pid == 0 {
            _ = clinux_dup3(pipe[0], 0, 0)
            let result = unsafe clinux_execveat(
                CLINUX_AT_FDCWD,
                reader.pointer(path),
                vectors,
                vectors + arguments.count + 1,
                0
            )
            clinux_exit_group(result == -CLINUX_ENOENT ? 127 : 126)
        }
        _ = clinux_close(pipe[0])
        // SIGPIPE of a hook that does not read must not end us.
        var pipeSignal = UInt64(1) << UInt64(CLINUX_SIGPIPE - 1)
        _ = unsafe clinux_rt_sigprocmask(CLINUX_SIG_BLOCK, &pipeSignal, nil)
        _ = unsafe clinux_write(pipe[1], reader.pointer(input), input.count)
        _ = clinux_close(pipe[1])
        defer { _ = clinux_close(pidfd) }
        try awaitHook(pidfd, timeoutSeconds: timeoutSeconds)
    }

    private func awaitHook(_ pidfd: CInt, timeoutSeconds: UInt32) throws(StepError) {
        var poll = clinux_pollfd(fd: pidfd, events: Int16(CLINUX_POLLIN), returned: 0)
        let limit = timeoutSeconds == 0 ? -1 : CInt(clamping: UInt64(timeoutSeconds) * 1000)
        var ready = unsafe clinux_poll(&poll, 1, limit)
        while ready == -CLINUX_EINTR { ready = unsafe clinux_poll(&poll, 1, limit) }
        let timedOut = ready == 0
        if timedOut { _ = clinux_pidfd_send_signal(pidfd, CLINUX_SIGKILL) }
        var info = clinux_siginfo()
        var waited: CInt
        repeat {
            waited = unsafe clinux_waitid(CLINUX_P_PIDFD, pidfd, &info, CLINUX_WEXITED | CLINUX_WALL, nil)
        } while waited == -CLINUX_EINTR
        try check(waited, .hookStatus)
        if timedOut { throw StepError(CLINUX_ETIMEDOUT, .hookTimeout) }
        if info.code != CLINUX_CLD_EXITED { throw StepError(info.status, .hookSignal) }
        if info.status != 0 { throw StepError(info.status, .hookStatus) }
    }
}
