// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// Scheduling attributes of a process.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "Linux Process". See sched_setattr(2).
    public struct Scheduler: JSONRecord, Hashable, Sendable {
        /// The scheduling policy.
        public var policy: Policy
        /// Nice value, -20 to 19, for `SCHED_OTHER` and `SCHED_BATCH`.
        public var nice: Int32?
        /// Static priority, 1 to 99, for `SCHED_FIFO` and `SCHED_RR`.
        public var priority: Int32?
        /// Flags.
        public var flags: [Flag]?
        /// Processor time in each period, in nanoseconds, for `SCHED_DEADLINE`.
        public var runtime: UInt64?
        /// Time in which it is given, in nanoseconds, for `SCHED_DEADLINE`.
        public var deadline: UInt64?
        /// Length of the period, in nanoseconds, for `SCHED_DEADLINE`.
        public var period: UInt64?

        /// Creates the value; what is not given is absent.
        public init(
            policy: Policy,
            nice: Int32? = nil,
            priority: Int32? = nil,
            flags: [Flag]? = nil,
            runtime: UInt64? = nil,
            deadline: UInt64? = nil,
            period: UInt64? = nil
        ) {
            self.policy = policy
            self.nice = nice
            self.priority = priority
            self.flags = flags
            self.runtime = runtime
            self.deadline = deadline
            self.period = period
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(policy: .other)
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("policy", &policy)
            try fields.optional("nice", &nice)
            try fields.optional("priority", &priority)
            try fields.optional("flags", &flags)
            try fields.optional("runtime", &runtime)
            try fields.optional("deadline", &deadline)
            try fields.optional("period", &period)
        }
    }
}
