// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// Everything that a launch does, in order, as a value: to print, to keep as JSON, to compare with another.
///
/// Two plans are equal when the launches do the same. Descriptors that a step refers to are named by their position.
public struct ContainerPlan: JSONRecord, Hashable, Sendable {
    /// Who takes a step.
    public enum Side: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// The calling process.
        case host
        /// The init, on its way from `clone3` to `execve`.
        case container = "init"
    }

    /// One step.
    public struct Step: JSONRecord, Hashable, Sendable {
        /// Who takes it.
        public var side: Side
        /// What kind of step it is, for programs: `mountFileSystem`, `setCapabilities`.
        public var action: String
        /// What is done, in words: `mount tmpfs at /dev (mode=755)`.
        public var text: String
        /// The system calls that do it, in order; those that only look are left out.
        public var calls: [String]

        init(_ side: Side, _ action: String, _ text: String, calls: [String]) {
            self.side = side
            self.action = action
            self.text = text
            self.calls = calls
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(.host, "", "", calls: [])
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(
            _ fields: inout Visitor
        ) throws(Visitor.Failure) {
            try fields.required("side", &side)
            try fields.required("action", &action)
            try fields.required("text", &text)
            try fields.required("calls", &calls)
        }
    }

    /// The steps, in order.
    public var steps: [Step]

    init(steps: [Step]) { self.steps = steps }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        steps = []
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("steps", &steps)
    }

    /// What this plan does otherwise than an earlier one: a line for each step, `-` before what is gone, `+` before what
    /// is new, in the order of the plans.
    ///
    /// - Parameter earlier: The plan to compare with.
    /// - Returns: The lines; none when the plans are equal.
    public func changes(since earlier: ContainerPlan) -> [String] {
        steps.difference(from: earlier.steps).map { change in
            switch change {
            case .insert(_, let step, _): "+ \(step.text)"
            case .remove(_, let step, _): "- \(step.text)"
            }
        }
    }
}

extension ContainerPlan: CustomStringConvertible {
    /// The steps in words, numbered, one a line.
    public var description: String {
        let width = "\(steps.count)".count
        return steps.enumerated().map { index, step in
            let number = "\(index + 1)"
            return String(repeating: " ", count: width - number.count) + "\(number)  \(step.text)"
        }.joined(separator: "\n")
    }
}
