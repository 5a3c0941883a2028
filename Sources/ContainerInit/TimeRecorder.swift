// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

/// Records the time after each instruction, when the host asked for it.
@safe struct TimeRecorder {
    private var message: UnsafeMutablePointer<UInt64>?
    private var count = 0

    private static var capacity: Int { 1024 }

    init(enabled: Bool) {
        guard enabled else { return }
        let size = (Self.capacity + 3) * 8
        let address = clinux_mmap(
            size,
            CLINUX_PROT_READ | CLINUX_PROT_WRITE,
            CLINUX_MAP_PRIVATE | CLINUX_MAP_ANONYMOUS,
            -1
        )
        guard address > 0 else { return }
        unsafe message = UnsafeMutablePointer(bitPattern: address)
        record()
    }

    /// Notes the time; more than the capacity are left out.
    mutating func record() {
        guard let message = unsafe message, count < Self.capacity else { return }
        unsafe message[2 + count] = UInt64(bitPattern: clinux_monotonic_nanoseconds())
        count += 1
    }

    /// Sends what was recorded. The times are a help, so failing to send them fails nothing.
    func send(on control: CInt) {
        guard let message = unsafe message else { return }
        unsafe message[0] = UInt64(Report.Kind.times.rawValue)
        unsafe message[1] = 0
        _ = unsafe clinux_send_fd(control, message, (2 + count) * 8, -1)
    }
}
