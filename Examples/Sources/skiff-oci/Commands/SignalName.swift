// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The names of signals (signal(7)), the same on every architecture that is supported.
enum SignalName {
    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]
    private static let others: [String: Int32] = ["IOT": 6, "CLD": 17, "POLL": 29, "RTMIN": 34, "RTMAX": 64]

    /// The number of a signal, by number or by name: `9`, `KILL`, `SIGKILL`, `RTMIN+3`.
    static func number(of text: String) -> Int32? {
        if let number = Int32(text) { return (0...64).contains(number) && !text.hasPrefix("+") ? number : nil }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let index = names.firstIndex(of: name) { return Int32(index) + 1 }
        if let number = others[name] { return number }
        guard name.hasPrefix("RTMIN+") || name.hasPrefix("RTMAX-"), let offset = Int32(name.dropFirst(6)) else {
            return nil
        }
        guard (0...30).contains(offset) else { return nil }
        return name.hasPrefix("RTMIN") ? 34 + offset : 64 - offset
    }
}
