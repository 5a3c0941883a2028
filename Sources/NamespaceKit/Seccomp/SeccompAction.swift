// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What the kernel does with a system call that a filter has judged.
///
/// When several filters of one process disagree, the kernel takes the strictest; the cases are in that order.
///
/// - SeeAlso: seccomp(2), "Filters"; OCI runtime-spec 1.3, config-linux.md, "Seccomp".
public enum SeccompAction: Hashable, Sendable {
    /// Kills the whole process with `SIGSYS`.
    case killProcess
    /// Kills the calling thread with `SIGSYS`. The specification's `SCMP_ACT_KILL` is the same.
    case killThread
    /// Sends `SIGSYS` to the calling thread, which may handle it.
    case trap
    /// Returns this error number; 1 to 4095, or 0 for success without doing anything.
    case error(UInt16)
    /// Asks the supervisor behind the listener's descriptor.
    case notify
    /// Tells a tracer, with this value for it; without a tracer the call fails with `ENOSYS`.
    case trace(UInt16)
    /// Runs the call and logs it.
    case log
    /// Runs the call.
    case allow

    /// The filter's return value for this action, as in `<linux/seccomp.h>`.
    public var returnValue: UInt32 {
        switch self {
        case .killProcess: 0x8000_0000
        case .killThread: 0x0000_0000
        case .trap: 0x0003_0000
        case .error(let number): 0x0005_0000 | UInt32(number)
        case .notify: 0x7fc0_0000
        case .trace(let message): 0x7ff0_0000 | UInt32(message)
        case .log: 0x7ffc_0000
        case .allow: 0x7fff_0000
        }
    }

    /// Whether a call with this action may run, in some case. A filter whose default is such an action gets no `ENOSYS`
    /// for the calls that its profile's author could not know.
    var letsUnknownCallsRun: Bool {
        switch self {
        case .allow, .log, .trace: true
        case .killProcess, .killThread, .trap, .error, .notify: false
        }
    }

    /// Whether the action lets the call happen, or leaves that to somebody who sees all of its arguments.
    var isPermissive: Bool {
        switch self {
        case .allow, .log, .trace, .notify: true
        case .killProcess, .killThread, .trap, .error: false
        }
    }
}
