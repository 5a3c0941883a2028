// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// What the program says of its work: on standard error, and where `--log` sends it.
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

        /// The priority of syslog(3).
        var priority: Int {
            switch self {
            case .debug: 7
            case .info: 6
            case .warning: 4
            case .error: 3
            }
        }
    }

    /// Where messages go, besides what people see of failures on standard error.
    var destination = LogDestination.standardError
    var format = Format.text
    var level = Level.info

    init() {}

    /// Reads the options; the file is made now, so that callers find it empty when nothing was to be said.
    ///
    /// - Throws: ``UsageError`` for an unknown format or level, or a destination that cannot be written to.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        if try arguments.choice(of: .logFormat, among: ["text", "json"]) == "json" { format = .json }
        if let name = arguments.value(of: .logLevel) {
            guard let level = Level.names[name] else {
                throw UsageError("invalid value \"\(name)\" for --log-level: choose debug, info, warning, error")
            }
            self.level = level
        }
        if arguments.has(.debug) { level = .debug }
        destination = LogDestination(arguments.value(of: .log) ?? "")
        if case .file(let path) = destination, !Files.append("", to: path) {
            throw UsageError("--log \(path): cannot open it for appending")
        }
    }

    /// Says something in one line: to the destination in its form, and of failures also to people on standard error, who
    /// see the line `shown` instead if there is one.
    func write(_ level: Level, _ message: String, shown: String? = nil) {
        guard level.rawValue >= self.level.rawValue else { return }
        // A line is a message, whatever a path in it contains.
        let message = String(message.map { $0.isNewline ? " " : $0 })
        let isWritten: Bool
        switch destination {
        case .standardError:
            let isForPeople = format == .text && level != .debug
            if isForPeople { say(level, message, shown) } else { Files.write(line(level, message), to: 2) }
            return
        case .file(let path): isWritten = Files.append(line(level, message), to: path)
        case .journal(let id): isWritten = LogDestination.sendToJournal(message, id: id, priority: level.priority)
        case .system(let id): isWritten = LogDestination.sendToSystemLog(message, id: id, priority: level.priority)
        }
        if !isWritten { say(.warning, "cannot write to the log \(destination)") }
        if level == .error || !isWritten { say(level, message, shown) }
    }

    private func say(_ level: Level, _ message: String, _ shown: String? = nil) {
        if let shown {
            Files.write(shown + "\n", to: 2)
            return
        }
        let kind = level == .error ? "" : "\(level.name): "
        Files.write("\(Version.program): \(kind)\(message)\n", to: 2)
    }

    private func line(_ level: Level, _ message: String) -> String {
        format == .json ? json(level, message) : text(level, message)
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
