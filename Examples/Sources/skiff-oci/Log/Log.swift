// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import OCISpec

/// Where the program says what went wrong: standard error, and the file of `--log`.
struct Log: Sendable {
    /// How a line of the file looks.
    enum Format: Sendable { case text, json }

    /// How much a message matters; the order counts.
    enum Level: Int, Sendable {
        case debug, info, warning, error

        /// The names that runc and crun know.
        static let names: [String: Level] = [
            "trace": .debug, "debug": .debug, "info": .info, "warn": .warning, "warning": .warning, "error": .error,
            "fatal": .error, "panic": .error,
        ]

        var name: String {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }
    }

    /// The file; `nil` leaves standard error only.
    var file: String?
    var format = Format.text
    var level = Level.info

    init() {}

    /// - Throws: ``UsageError`` for an unknown format or level, or a destination that is no file.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        file = arguments.value(of: .log).flatMap { $0.isEmpty || $0 == "/dev/stderr" ? nil : $0 }
        for destination in ["journald:", "syslog:"] where file?.hasPrefix(destination) == true {
            throw UsageError("--log \(destination) is not supported: name a file")
        }
        if let path = file, path.hasPrefix("file:") { file = String(path.dropFirst(5)) }
        if try arguments.choice(of: .logFormat, among: ["text", "json"]) == "json" { format = .json }
        if let name = arguments.value(of: .logLevel) {
            guard let level = Level.names[name] else {
                throw UsageError("invalid value \"\(name)\" for --log-level: choose debug, info, warning, error")
            }
            self.level = level
        }
        if arguments.has(.debug) { level = .debug }
    }

    /// Says something in one line: to the file in its format, and to people on standard error.
    func write(_ level: Level, _ message: String) {
        guard level.rawValue >= self.level.rawValue else { return }
        // A line is a message, whatever a path in it contains.
        let message = String(message.map { $0.isNewline ? " " : $0 })
        if let file {
            let line = format == .json ? json(level, message) : text(level, message)
            if !Files.append(line, to: file) { say(.warning, "cannot write to the log \(file)") }
        } else if format == .json {
            Files.write(json(level, message), to: 2)
            return
        }
        say(level, message)
    }

    private func say(_ level: Level, _ message: String) {
        let kind = level == .error ? "" : "\(level.name): "
        Files.write("\(Version.program): \(kind)\(message)\n", to: 2)
    }

    private func json(_ level: Level, _ message: String) -> String {
        var writer = JSONWriter(pretty: false)
        writer.beginObject()
        for (key, value) in [("level", level.name), ("msg", message), ("time", Clock.now)] {
            writer.write(key: key)
            writer.write(string: value)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    private func text(_ level: Level, _ message: String) -> String {
        var writer = JSONWriter(pretty: false)
        writer.write(string: message)
        return "time=\"\(Clock.now)\" level=\(level.name) msg=\(String(decoding: writer.bytes, as: UTF8.self))\n"
    }
}
