// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import LinuxSystem

/// The terminal of this program's user, in raw mode as long as this lives. There may be none.
struct HostTerminal: ~Copyable {
    /// The standard stream that is a terminal; -1 when none is.
    private let number: CInt
    /// What the terminal was like; `nil` when it was left alone.
    private let saved: termios?

    init() {
        number = [0, 1, 2].first { isatty($0) == 1 } ?? -1
        var mode = termios()
        // Keys reach us only from standard input; otherwise their handling is none of our business.
        let isTerminal = isatty(0) == 1
        let isRaw = unsafe isTerminal && program_make_raw(0, &mode) >= 0
        saved = isRaw ? mode : nil
    }

    /// Gives another terminal the size of this one.
    borrowing func copySize(to terminal: SharedDescriptor) {
        var (rows, columns): (UInt16, UInt16) = (0, 0)
        guard number >= 0, unsafe program_get_window_size(number, &rows, &columns) >= 0 else { return }
        _ = program_set_window_size(terminal.descriptor.rawValue, rows, columns)
    }

    deinit {
        guard var saved else { return }
        _ = unsafe program_restore(0, &saved)
    }
}
