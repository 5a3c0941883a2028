// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Options of a filter's installation.
///
/// - SeeAlso: seccomp(2), `SECCOMP_SET_MODE_FILTER`.
public struct SeccompFlags: OptionSet, Hashable, Sendable {
    /// The kernel's `SECCOMP_FILTER_FLAG_*` bits.
    public let rawValue: UInt32

    /// Takes the kernel's bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Installs the filter on all threads of the process (`TSYNC`).
    public static let synchronizeThreads = SeccompFlags(rawValue: 1 << 0)
    /// Logs every action but ``SeccompAction/allow`` (`LOG`, Linux 4.14).
    public static let log = SeccompFlags(rawValue: 1 << 1)
    /// Leaves the speculative store bypass mitigation off (`SPEC_ALLOW`, Linux 4.17).
    public static let allowSpeculation = SeccompFlags(rawValue: 1 << 2)
    /// Makes a listener's descriptor (`NEW_LISTENER`, Linux 5.0). Programs that notify carry it; profiles need not name
    /// it.
    public static let newListener = SeccompFlags(rawValue: 1 << 3)
    /// Reports a thread that `TSYNC` could not reach as `ESRCH`, so that a listener may be asked for too (Linux 5.7).
    public static let synchronizeThreadsWithESRCH = SeccompFlags(rawValue: 1 << 4)
    /// Once a listener has received a call, only fatal signals interrupt it (`WAIT_KILLABLE_RECV`, Linux 5.19).
    public static let waitKillable = SeccompFlags(rawValue: 1 << 5)

    /// Reads flags as the runtime specification spells them, for example `SECCOMP_FILTER_FLAG_LOG`.
    ///
    /// - Throws: ``SeccompError``: `unknownFlag`.
    public init(ociNames: [String]) throws(SeccompError) {
        var flags: SeccompFlags = []
        for name in ociNames {
            switch name {
            case "SECCOMP_FILTER_FLAG_TSYNC": flags.insert(.synchronizeThreads)
            case "SECCOMP_FILTER_FLAG_LOG": flags.insert(.log)
            case "SECCOMP_FILTER_FLAG_SPEC_ALLOW": flags.insert(.allowSpeculation)
            case "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV": flags.insert(.waitKillable)
            default: throw SeccompError(.unknownFlag, subject: name)
            }
        }
        self = flags
    }

    /// The names that ``init(ociNames:)`` reads, as a `features` document lists them.
    public static var ociNames: [String] {
        [
            "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
        ]
    }
}
