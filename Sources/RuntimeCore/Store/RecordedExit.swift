// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
public import OCISpec

/// How a kept container ended: the content of its `exit.json`.
public struct RecordedExit: JSONRecord, Hashable, Sendable {
    /// The status as shells have it: 0 to 255, 128 and the signal's number for a process that a signal ended.
    public var status: Int
    /// Whether the kernel ended it for lack of memory.
    public var outOfMemory: Bool
    /// When it ended: RFC 3339, UTC.
    public var finished: String

    init(status: Int, outOfMemory: Bool, finished: String) {
        self.status = status
        self.outOfMemory = outOfMemory
        self.finished = finished
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(status: 0, outOfMemory: false, finished: "")
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("status", &status)
        try fields.required("outOfMemory", &outOfMemory)
        try fields.required("finished", &finished)
        try fields.noOthers()
    }
}
