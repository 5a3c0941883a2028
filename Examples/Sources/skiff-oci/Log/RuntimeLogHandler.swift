// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Logging

/// Hands what the libraries log to the program's log.
struct RuntimeLogHandler: LogHandler {
    let log: Log
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    init(_ log: Log) {
        self.log = log
        logLevel =
            switch log.level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let level: Log.Level =
            switch event.level {
            case .trace, .debug: .debug
            case .info, .notice: .info
            case .warning: .warning
            case .error, .critical: .error
            }
        let details = metadata.merging(event.metadata ?? [:]) { $1 }
        let text = details.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        log.write(level, "\(event.message)\(text)")
    }
}
