// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration.RLimit {
    /// A resource that can be limited.
    ///
    /// See getrlimit(2).
    public enum Kind: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Size of the address space, in bytes.
        case addressSpace = "RLIMIT_AS"
        /// Size of a core file, in bytes.
        case core = "RLIMIT_CORE"
        /// Processor time, in seconds.
        case cpu = "RLIMIT_CPU"
        /// Size of the data segment, in bytes.
        case data = "RLIMIT_DATA"
        /// Size of a file, in bytes.
        case fileSize = "RLIMIT_FSIZE"
        /// Number of locks; without effect since Linux 2.4.25.
        case locks = "RLIMIT_LOCKS"
        /// Memory that may be locked, in bytes.
        case lockedMemory = "RLIMIT_MEMLOCK"
        /// Size of POSIX message queues, in bytes.
        case messageQueues = "RLIMIT_MSGQUEUE"
        /// Ceiling of the nice value, as 20 minus the value.
        case nice = "RLIMIT_NICE"
        /// One more than the greatest descriptor.
        case openFiles = "RLIMIT_NOFILE"
        /// Number of threads of the user.
        case processes = "RLIMIT_NPROC"
        /// Resident set; without effect since Linux 2.4.30.
        case residentSet = "RLIMIT_RSS"
        /// Ceiling of the real-time priority.
        case realtimePriority = "RLIMIT_RTPRIO"
        /// Processor time without a blocking call under real-time scheduling, in microseconds.
        case realtimeTime = "RLIMIT_RTTIME"
        /// Number of queued signals of the user.
        case pendingSignals = "RLIMIT_SIGPENDING"
        /// Size of the stack, in bytes.
        case stack = "RLIMIT_STACK"
    }
}
