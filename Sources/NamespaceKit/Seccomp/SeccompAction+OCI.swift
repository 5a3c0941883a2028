// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension SeccompAction {
    /// Reads an action as the runtime specification spells it.
    ///
    /// - Parameters:
    ///   - ociName: For example `SCMP_ACT_ERRNO`.
    ///   - errnoValue: The value of `errnoRet`, which only `SCMP_ACT_ERRNO` and `SCMP_ACT_TRACE` take; 1 (`EPERM`) if
    ///     `nil`.
    /// - Throws: ``SeccompError``: `unknownAction`; `errnoNotApplicable` if the action takes no value;
    ///   `errnoOutOfRange` if the value is above 4095 (for `SCMP_ACT_TRACE`: 65535), which the kernel would cut off.
    public init(ociName: String, errnoValue: UInt32? = nil) throws(SeccompError) {
        switch ociName {
        case "SCMP_ACT_ERRNO":
            self = .error(try Self.checked(errnoValue, limit: 4095))
            return
        case "SCMP_ACT_TRACE":
            self = .trace(try Self.checked(errnoValue, limit: 65535))
            return
        case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD": self = .killThread
        case "SCMP_ACT_KILL_PROCESS": self = .killProcess
        case "SCMP_ACT_TRAP": self = .trap
        case "SCMP_ACT_ALLOW": self = .allow
        case "SCMP_ACT_LOG": self = .log
        case "SCMP_ACT_NOTIFY": self = .notify
        default: throw SeccompError(.unknownAction, subject: ociName)
        }
        if errnoValue != nil { throw SeccompError(.errnoNotApplicable, subject: ociName) }
    }

    private static func checked(_ value: UInt32?, limit: UInt16) throws(SeccompError) -> UInt16 {
        guard let value else { return 1 }
        guard value <= limit, let result = UInt16(exactly: value) else {
            throw SeccompError(.errnoOutOfRange(limit: limit), subject: "\(value)")
        }
        return result
    }

    /// The specification's name of the action.
    public var ociName: String {
        switch self {
        case .killProcess: "SCMP_ACT_KILL_PROCESS"
        case .killThread: "SCMP_ACT_KILL_THREAD"
        case .trap: "SCMP_ACT_TRAP"
        case .error: "SCMP_ACT_ERRNO"
        case .notify: "SCMP_ACT_NOTIFY"
        case .trace: "SCMP_ACT_TRACE"
        case .log: "SCMP_ACT_LOG"
        case .allow: "SCMP_ACT_ALLOW"
        }
    }

    /// The names of all actions that ``init(ociName:errnoValue:)`` reads, as a `features` document lists them.
    public static var ociNames: [String] {
        [
            "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP", "SCMP_ACT_ERRNO",
            "SCMP_ACT_TRACE", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY",
        ]
    }
}
