// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
public import OCISpec

/// A plan that was checked on a host, and what stands in its way.
public struct DryRun: JSONRecord, Hashable, Sendable {
    /// How certain a finding is.
    public enum Severity: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// The step would fail.
        case fails
        /// The step may fail, or does less than is meant.
        case warning
    }

    /// One thing that stands in the way.
    public struct Finding: JSONRecord, Hashable, Sendable {
        /// How certain it is.
        public var severity: Severity
        /// The step that it is about, counted from 1; `nil` when there is no plan, or all of it is meant.
        public var step: Int?
        /// What the step does, in words.
        public var subject: String
        /// Why it would fail.
        public var reason: String
        /// What to do about it, as a command where there is one.
        public var fix: String?

        init(_ severity: Severity, step: Int? = nil, _ subject: String, _ reason: String, fix: String? = nil) {
            self.severity = severity
            self.step = step
            self.subject = subject
            self.reason = reason
            self.fix = fix
        }

        init(_ error: RuntimeError) {
            let reason = error.cause.map { "\(error.step): \($0)" } ?? error.step
            self.init(.fails, "plan", reason, fix: error.hint)
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(.fails, "", "")
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(
            _ fields: inout Visitor
        ) throws(Visitor.Failure) {
            try fields.required("severity", &severity)
            try fields.optional("step", &step)
            try fields.required("subject", &subject)
            try fields.required("reason", &reason)
            try fields.optional("fix", &fix)
        }
    }

    /// The plan; `nil` when the configuration has none.
    public var plan: ContainerPlan?
    /// What was found, in the order of the steps.
    public var findings: [Finding]

    /// Whether nothing was found that would fail.
    public var isPossible: Bool { findings.allSatisfy { $0.severity != .fails } }

    init(plan: ContainerPlan?, findings: [Finding]) {
        self.plan = plan
        self.findings = findings
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        findings = []
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("plan", &plan)
        try fields.required("findings", &findings)
    }
}

extension DryRun.Finding: CustomStringConvertible {
    /// One line: the step, why it would fail, and what to do about it.
    public var description: String {
        let line = "\(severity.rawValue): " + (step.map { "step \($0), " } ?? "") + "\(subject): \(reason)"
        return fix.map { "\(line); \($0)" } ?? line
    }
}
