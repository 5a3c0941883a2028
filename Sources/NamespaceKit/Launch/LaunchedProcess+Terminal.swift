// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem

extension LaunchedProcess {
    /// Lets what the process writes to its terminal arrive as it is: without it, the terminal puts carriage returns
    /// before line feeds (`ONLCR`, termios(3)). Nothing happens without a terminal.
    package mutating func keepNewlines() {
        guard let number = terminal?.rawValue else { return }
        var mode = clinux_termios()
        // A terminal that cannot be asked keeps its ways.
        if unsafe clinux_ioctl(number, UInt(CLINUX_TCGETS), &mode) < 0 { return }
        mode.output &= ~UInt32(CLINUX_ONLCR)
        _ = unsafe clinux_ioctl(number, UInt(CLINUX_TCSETS), &mode)
    }
}
