// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What a launch did and when, on the host and in the container's init, on one clock; made by a ``PhaseRecorder``.
public struct LaunchTimeline: JSONRecord, Hashable, Sendable {
    /// One thing that was done.
    public struct Phase: JSONRecord, Hashable, Sendable {
        /// Who did it.
        public var side: ContainerPlan.Side
        /// What was done, in words.
        public var name: String
        /// When it began: nanoseconds of the clock `CLOCK_MONOTONIC`.
        public var begin: UInt64
        /// How long it took, in nanoseconds.
        public var duration: UInt64

        init(_ side: ContainerPlan.Side, _ name: String, begin: UInt64, duration: UInt64) {
            self.side = side
            self.name = name
            self.begin = begin
            self.duration = duration
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(.host, "", begin: 0, duration: 0)
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(
            _ fields: inout Visitor
        ) throws(Visitor.Failure) {
            try fields.required("side", &side)
            try fields.required("name", &name)
            try fields.required("begin", &begin)
            try fields.required("duration", &duration)
        }
    }

    /// What was done, in the order of the beginnings; a phase inside another comes after it.
    public var phases: [Phase]

    init(_ phases: [Phase]) {
        self.phases = phases.sorted { ($0.begin, $1.duration) < ($1.begin, $0.duration) }
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init([])
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("phases", &phases)
    }

    /// The same for `chrome://tracing`, Perfetto and other readers of Chrome's trace event format: a complete event for
    /// each phase, one row for the host and one for the init, microseconds from the first beginning.
    public var chromeTrace: JSONValue {
        let origin = phases.first?.begin ?? 0
        func event(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
            .object(JSONObject(members.map { JSONObject.Member(key: $0.key, value: $0.value) }))
        }
        func microseconds(_ nanoseconds: UInt64) -> JSONValue {
            JSONNumber(Double(nanoseconds) / 1000).map(JSONValue.number) ?? .null
        }
        func row(_ side: ContainerPlan.Side) -> JSONValue { .number(JSONNumber(side == .host ? 1 : 2)) }
        let names = ContainerPlan.Side.allCases.map { side in
            event([
                "name": .string("thread_name"), "ph": .string("M"), "pid": .number(JSONNumber(1)), "tid": row(side),
                "args": event(["name": .string(side.rawValue)]),
            ])
        }
        let events = phases.map { phase in
            event([
                "name": .string(phase.name), "cat": .string(phase.side.rawValue), "ph": .string("X"),
                "ts": microseconds(phase.begin - origin), "dur": microseconds(phase.duration),
                "pid": .number(JSONNumber(1)), "tid": row(phase.side),
            ])
        }
        return event(["displayTimeUnit": .string("ns"), "traceEvents": .array(names + events)])
    }
}
