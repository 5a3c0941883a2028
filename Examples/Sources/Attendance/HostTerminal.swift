// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
package import LinuxSystem
package import NamespaceKit

/// The terminal of this program's user, in raw mode as long as this lives, on every way out. There may be none.
package struct HostTerminal: ~Copyable {
    /// What the terminal was like; `nil` when it was left alone.
    private let saved: termios?

    /// Whether standard input is a terminal.
    package static var isInput: Bool { isatty(0) == 1 }

    /// The size of the terminal that a standard stream is.
    package static var size: TerminalSize? {
        guard let number = ([0, 1, 2] as [CInt]).first(where: { isatty($0) == 1 }) else { return nil }
        var (rows, columns): (UInt16, UInt16) = (0, 0)
        guard unsafe program_get_window_size(number, &rows, &columns) >= 0, rows > 0, columns > 0 else { return nil }
        return TerminalSize(rows: rows, columns: columns)
    }

    /// - Parameters:
    ///   - isRaw: Whether keys go to the process as they are; else the terminal is left alone. Keys reach us only from
    ///     standard input.
    ///   - addsReturns: Whether output still gets carriage returns, since the process's own terminal adds none.
    package init(isRaw: Bool, addsReturns: Bool) {
        var mode = termios()
        let result = unsafe isRaw && Self.isInput ? program_make_raw(0, addsReturns ? 1 : 0, &mode) : -1
        saved = result >= 0 ? mode : nil
    }

    /// Gives another terminal the size of this one.
    package borrowing func copySize(to terminal: SharedDescriptor) {
        guard let size = Self.size else { return }
        _ = program_set_window_size(terminal.descriptor.rawValue, size.rows, size.columns)
    }

    deinit {
        guard var saved else { return }
        _ = unsafe program_restore(0, &saved)
    }
}
