// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Who gets the host's side of a terminal: the listener of a console socket if we end first, else ourselves.
enum TerminalRule {
    /// - Throws: ``ProgramError`` in runc's words.
    static func check(hasTerminal: Bool, isDetached: Bool, hasConsoleSocket: Bool) throws(ProgramError) {
        if isDetached && hasTerminal && !hasConsoleSocket {
            throw ProgramError(
                "cannot allocate tty if \(Version.program) will detach without setting console socket"
                    + " (--console-socket)"
            )
        }
        if hasConsoleSocket && !(isDetached && hasTerminal) {
            throw ProgramError("cannot use console socket if \(Version.program) will not detach or allocate tty")
        }
    }
}
