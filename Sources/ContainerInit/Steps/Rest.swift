// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    /// Reports that the front is done and waits for the rest: one message with the number of descriptors that come along,
    /// of which the first is the plan and the others are its slots. The host's end means that it is gone: so are we.
    mutating func awaitPlan() throws(StepError) {
        // A page: it costs memory only from when the message arrives.
        let address = try check(
            clinux_mmap(
                Int(CLINUX_SCM_MAX_FD) * 4,
                CLINUX_PROT_READ | CLINUX_PROT_WRITE,
                CLINUX_MAP_PRIVATE | CLINUX_MAP_ANONYMOUS,
                -1
            ),
            .plan
        )
        guard let numbers = unsafe UnsafeMutablePointer<CInt>(bitPattern: address) else {
            throw StepError(CLINUX_ENOMEM, .plan)
        }
        try send(Report(.prepared, instruction: index))
        var announced: UInt32 = 0
        var count: UInt32 = 0
        while true {
            let size = unsafe clinux_receive_fds(control, &announced, 4, numbers, &count)
            if size == -Int(CLINUX_EINTR) { continue }
            if size == 0 { clinux_exit_group(1) }
            try check(size, .read)
            guard size == 4, count > 0, announced == count else { throw StepError(CLINUX_EPROTO, .plan) }
            break
        }
        reader = try PlanReader.mapping(unsafe numbers[0])
        unsafe passed = unsafe numbers + 1
        passedCount = count - 1
    }

    /// Gives descriptors that came with the rest the numbers that the program finds them at. What lies in the way is
    /// moved first.
    mutating func placeDescriptors(_ first: UInt32, _ count: UInt32) throws(StepError) {
        guard let passed = unsafe passed, count <= passedCount, first <= 3 else {
            throw StepError(CLINUX_EPROTO, .plan)
        }
        let limit = CInt(truncatingIfNeeded: first + count)
        control = try moved(control, limit)
        root = try moved(root, limit)
        proc = try moved(proc, limit)
        for index in 0..<Int(passedCount) { unsafe passed[index] = try moved(unsafe passed[index], limit) }
        for index in 0..<Int(count) {
            let number = CInt(truncatingIfNeeded: Int(first) + index)
            try check(clinux_dup3(unsafe passed[index], number, 0), .open)
            _ = clinux_close(unsafe passed[index])
            unsafe passed[index] = number
        }
    }

    /// The descriptor, or a copy of it from `limit` on when its number is below; the old number is about to be replaced.
    private func moved(_ descriptor: CInt, _ limit: CInt) throws(StepError) -> CInt {
        guard descriptor >= 0, descriptor < limit else { return descriptor }
        return try check(clinux_fcntl(descriptor, CLINUX_F_DUPFD_CLOEXEC, Int(limit)), .open)
    }
}
