// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// The process that the container runs.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "Process".
    public struct Process: JSONRecord, Hashable, Sendable {
        /// Whether a pseudo-terminal is allocated for the process; `nil` means no.
        public var terminal: Bool?
        /// Size of the terminal; ignored without one.
        public var consoleSize: ConsoleSize?
        /// User and groups; user 0 and group 0 if the document says nothing. Always written.
        public var user: User
        /// Program and arguments, with the meaning of `execvp(3)`. At least one is needed to start.
        public var args: [String]?
        /// Command line on Windows.
        public var commandLine: String?
        /// Environment, each entry in the form `NAME=value`.
        public var env: [String]?
        /// Working directory inside the container, an absolute path.
        public var cwd: String
        /// Capability sets; `nil` leaves it to the runtime.
        public var capabilities: Capabilities?
        /// Resource limits, each kind at most once.
        public var rlimits: [RLimit]?
        /// Whether `execve(2)` may no longer grant privileges; `nil` means that it may.
        public var noNewPrivileges: Bool?
        /// Name of the AppArmor profile.
        public var apparmorProfile: String?
        /// Value for `/proc/PID/oom_score_adj`, -1000 to 1000; `nil` leaves it as it is.
        public var oomScoreAdj: Int?
        /// Scheduling attributes.
        public var scheduler: Scheduler?
        /// SELinux context of the process.
        public var selinuxLabel: String?
        /// Input/output priority.
        public var ioPriority: IOPriority?
        /// Processors for processes that are run in the container later.
        public var execCPUAffinity: ExecCPUAffinity?

        /// Creates the value; what is not given is absent.
        public init(
            terminal: Bool? = nil,
            consoleSize: ConsoleSize? = nil,
            user: User = User(),
            args: [String]? = nil,
            commandLine: String? = nil,
            env: [String]? = nil,
            cwd: String,
            capabilities: Capabilities? = nil,
            rlimits: [RLimit]? = nil,
            noNewPrivileges: Bool? = nil,
            apparmorProfile: String? = nil,
            oomScoreAdj: Int? = nil,
            scheduler: Scheduler? = nil,
            selinuxLabel: String? = nil,
            ioPriority: IOPriority? = nil,
            execCPUAffinity: ExecCPUAffinity? = nil
        ) {
            self.terminal = terminal
            self.consoleSize = consoleSize
            self.user = user
            self.args = args
            self.commandLine = commandLine
            self.env = env
            self.cwd = cwd
            self.capabilities = capabilities
            self.rlimits = rlimits
            self.noNewPrivileges = noNewPrivileges
            self.apparmorProfile = apparmorProfile
            self.oomScoreAdj = oomScoreAdj
            self.scheduler = scheduler
            self.selinuxLabel = selinuxLabel
            self.ioPriority = ioPriority
            self.execCPUAffinity = execCPUAffinity
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(cwd: "")
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("terminal", &terminal)
            try fields.optional("consoleSize", &consoleSize)
            try fields.defaulted("user", &user)
            try fields.optional("args", &args)
            try fields.optional("commandLine", &commandLine)
            try fields.optional("env", &env)
            try fields.required("cwd", &cwd)
            try fields.optional("capabilities", &capabilities)
            try fields.optional("rlimits", &rlimits)
            try fields.optional("noNewPrivileges", &noNewPrivileges)
            try fields.optional("apparmorProfile", &apparmorProfile)
            try fields.optional("oomScoreAdj", &oomScoreAdj)
            try fields.optional("scheduler", &scheduler)
            try fields.optional("selinuxLabel", &selinuxLabel)
            try fields.optional("ioPriority", &ioPriority)
            try fields.optional("execCPUAffinity", &execCPUAffinity)
        }
    }
}
