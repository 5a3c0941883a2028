// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc

/// Where `--log` sends messages, in crun's forms: `FILE`, `file:FILE`, `journald:ID`, `syslog:ID`.
enum LogDestination: Sendable, CustomStringConvertible {
    /// Standard error only.
    case standardError
    /// A file that is appended to.
    case file(String)
    /// The journal of systemd; the id becomes the field `ID`.
    case journal(id: String)
    /// The system's log; the id stands before the message.
    case system(id: String)

    /// Reads the option's value.
    init(_ text: String) {
        func after(_ prefix: String) -> String? {
            text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
        }
        if text.isEmpty || text == "/dev/stderr" {
            self = .standardError
        } else if let id = after("journald:") {
            self = .journal(id: id)
        } else if let id = after("syslog:") {
            self = .system(id: id.isEmpty ? Version.program : id)
        } else {
            self = .file(after("file:") ?? text)
        }
    }

    var description: String {
        switch self {
        case .standardError: "/dev/stderr"
        case .file(let path): path
        case .journal: "of systemd (/run/systemd/journal/socket)"
        case .system: "of the system (/dev/log)"
        }
    }

    /// Sends a message to the journal in its native form: one field a line.
    static func sendToJournal(_ message: String, id: String, priority: Int) -> Bool {
        let fields = ["PRIORITY=\(priority)", "MESSAGE=\(message)", "ID=\(id)", "SYSLOG_IDENTIFIER=\(Version.program)"]
        return send(fields.map { $0 + "\n" }.joined(), to: "/run/systemd/journal/socket")
    }

    /// Sends a message as a user's process (RFC 3164, without the time, which the log adds).
    static func sendToSystemLog(_ message: String, id: String, priority: Int) -> Bool {
        send("<\(8 + priority)>\(id)[\(getpid())]: \(message)", to: "/dev/log")
    }

    private static func send(_ text: String, to socket: String) -> Bool {
        let bytes = Array(text.utf8)
        return unsafe bytes.withUnsafeBytes { unsafe program_send_datagram(socket, $0.baseAddress, $0.count) } >= 0
    }
}
