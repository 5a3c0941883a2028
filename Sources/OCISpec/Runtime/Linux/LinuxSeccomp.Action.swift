// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxSeccomp {
    /// What happens to a system call.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Seccomp".
    public enum Action: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// The thread is killed.
        case kill = "SCMP_ACT_KILL"
        /// The process is killed.
        case killProcess = "SCMP_ACT_KILL_PROCESS"
        /// The thread is killed.
        case killThread = "SCMP_ACT_KILL_THREAD"
        /// The thread gets SIGSYS.
        case trap = "SCMP_ACT_TRAP"
        /// It fails with an error number.
        case errno = "SCMP_ACT_ERRNO"
        /// A tracer is asked.
        case trace = "SCMP_ACT_TRACE"
        /// It is executed.
        case allow = "SCMP_ACT_ALLOW"
        /// It is logged and executed.
        case log = "SCMP_ACT_LOG"
        /// An agent is asked.
        case notify = "SCMP_ACT_NOTIFY"
    }
}
