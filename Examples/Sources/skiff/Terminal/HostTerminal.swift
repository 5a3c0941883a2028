// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import RuntimeCore

/// The terminal of this program's user, in raw mode as long as this lives, on every way out.
struct HostTerminal: ~Copyable {
    /// What the terminal was like; `nil` when it was left alone.
    private let saved: termios?

    /// Whether standard input is a terminal.
    static var isInput: Bool { isatty(0) == 1 }

    /// The size of the terminal at standard input.
    static var size: TerminalSize? {
        var (rows, columns): (UInt16, UInt16) = (0, 0)
        guard unsafe program_get_window_size(0, &rows, &columns) >= 0, rows > 0, columns > 0 else { return nil }
        return TerminalSize(rows: rows, columns: columns)
    }

    /// - Parameter isRaw: Whether keys go to the process as they are; else the terminal is left alone.
    init(isRaw: Bool) {
        var mode = termios()
        let result = unsafe isRaw ? program_make_raw(0, &mode) : -1
        saved = result >= 0 ? mode : nil
    }

    /// Gives another terminal the size of this one.
    borrowing func copySize(to terminal: SharedDescriptor) {
        guard let size = Self.size else { return }
        _ = program_set_window_size(terminal.descriptor.rawValue, size.rows, size.columns)
    }

    deinit {
        guard var saved else { return }
        _ = unsafe program_restore(0, &saved)
    }
}
