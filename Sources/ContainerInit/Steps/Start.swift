// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    /// Reports readiness and waits for the host's word. With slot 0xffffffff that is the start; with any other it means
    /// that the container is on record, and the start comes from the first peer of the listening socket in the slot,
    /// which gets what is reported from then on. A host that dies before its word takes us with it.
    mutating func awaitStart(_ slot: UInt32) throws(StepError) {
        try awaitHost(.ready, detail: 0)
        if slot == .max { return }
        let signals = try holdEndingSignals()
        while true {
            try awaitPeer(descriptor(slot), or: signals)
            let peer = clinux_accept4(descriptor(slot), CLINUX_SOCK_CLOEXEC)
            if peer == -CLINUX_EINTR { continue }
            try check(peer, .accept)
            var word: UInt8 = 0
            if unsafe clinux_read(peer, &word, 1) == 1 {
                _ = clinux_close(control)
                control = peer
                break
            }
            _ = clinux_close(peer)
        }
        var none = Self.endingSignals
        unsafe try check(clinux_rt_sigprocmask(CLINUX_SIG_UNBLOCK, &none, nil), .accept)
        _ = clinux_close(signals)
    }

    /// Signals that end a process that knows nothing of them. The first process of a pid namespace would not get them.
    private static var endingSignals: UInt64 {
        1 << UInt64(CLINUX_SIGHUP - 1) | 1 << UInt64(CLINUX_SIGINT - 1) | 1 << UInt64(CLINUX_SIGQUIT - 1)
            | 1 << UInt64(CLINUX_SIGTERM - 1)
    }

    private func holdEndingSignals() throws(StepError) -> CInt {
        var set = Self.endingSignals
        unsafe try check(clinux_rt_sigprocmask(CLINUX_SIG_BLOCK, &set, nil), .accept)
        return unsafe try check(clinux_signalfd4(-1, &set, CLINUX_O_CLOEXEC), .accept)
    }

    /// Waits until somebody connects; a signal that ends ends us, with the status that a shell would give it.
    private func awaitPeer(_ listener: CInt, or signals: CInt) throws(StepError) {
        var watched: [2 of clinux_pollfd] = [
            clinux_pollfd(fd: listener, events: Int16(CLINUX_POLLIN), returned: 0),
            clinux_pollfd(fd: signals, events: Int16(CLINUX_POLLIN), returned: 0),
        ]
        while true {
            let ready = unsafe withUnsafeMutablePointer(to: &watched) {
                unsafe UnsafeMutableRawPointer($0).withMemoryRebound(to: clinux_pollfd.self, capacity: 2) {
                    unsafe clinux_poll($0, 2, -1)
                }
            }
            if ready == -CLINUX_EINTR { continue }
            try check(ready, .accept)
            if watched[1].returned != 0 {
                // The number is the first word of what is read (signalfd(2)).
                var information: [32 of UInt32] = InlineArray(repeating: 0)
                _ = unsafe withUnsafeMutablePointer(to: &information) { unsafe clinux_read(signals, $0, 128) }
                clinux_exit_group(128 + CInt(truncatingIfNeeded: information[0]))
            }
            if watched[0].returned != 0 { return }
        }
    }
}
