// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    mutating func executeEnd(_ instruction: MappedInstruction) throws(StepError) {
        switch instruction {
        case .findExecutable(let candidates): try findExecutable(candidates)
        case .awaitStart(let slot): try awaitStart(slot)
        case .closeDescriptors(let first):
            try check(
                clinux_close_range(first, .max, UInt32(CLINUX_CLOSE_RANGE_CLOEXEC)),
                .closeRange
            )
        case .prepareProgram(let arguments, let environment): try prepareProgram(arguments, environment)
        case .announce: try send(Report(.executing, instruction: index))
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

    /// Everything the last call needs, so that a seccomp filter has to allow no more than that call.
    private mutating func prepareProgram(_ arguments: MappedList, _ environment: MappedList) throws(StepError) {
        unsafe vectors = unsafe try pointers(arguments, environment)
        environmentStart = arguments.count + 1
        if let home = unsafe home, let vectors = unsafe vectors {
            unsafe vectors[environmentStart + environment.count] = unsafe home
        }
        resetSignals()
    }

    /// What the host ignored would stay ignored.
    func resetSignals() {
        for signal in CInt(1)...64 where signal != CLINUX_SIGKILL && signal != CLINUX_SIGSTOP {
            _ = clinux_default_signal(signal)
        }
    }

    private func becomeProgram() throws(StepError) {
        guard let program, let vectors = unsafe vectors else { throw StepError(CLINUX_EPROTO, .plan) }
        let environment = unsafe vectors + environmentStart
        // Not execveat(2): a filter that allows what the program needs has to allow execve(2) only.
        let result = unsafe clinux_execve(reader.pointer(program), vectors, environment)
        try check(result, .execve)
    }

    /// Argument and environment vectors, one after the other, each ended by a null pointer; the second has room for one
    /// more entry.
    func pointers(
        _ arguments: MappedList,
        _ environment: MappedList
    ) throws(StepError) -> UnsafeMutablePointer<UnsafePointer<CChar>?> {
        let count = arguments.count + environment.count + 3
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
}
