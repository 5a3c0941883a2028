// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import OCISpec

/// What a device node stands for.
public struct DeviceNumber: JSONRecord, Hashable, Sendable {
    /// The driver: 12 bits.
    public var major: UInt32
    /// The device of the driver: 20 bits.
    public var minor: UInt32

    /// The number in an entry; `nil` for what is no device node.
    ///
    /// - Throws: ``LayerUnpackError``: `badDevice` for a number that the kernel has no room for, and for overlayfs' mark.
    init?(_ entry: TarEntry) throws(LayerUnpackError) {
        guard entry.kind == .character || entry.kind == .block else { return nil }
        guard (0..<4096).contains(entry.deviceMajor), (0..<1_048_576).contains(entry.deviceMinor) else {
            throw LayerUnpackError(
                .badDevice,
                "create node",
                detail: "device \(entry.deviceMajor):\(entry.deviceMinor) is out of range"
            )
        }
        if entry.kind == .character && entry.deviceMajor == 0 && entry.deviceMinor == 0 {
            throw LayerUnpackError(.badDevice, "create node", detail: "device 0:0 is overlayfs' mark for a whiteout")
        }
        major = UInt32(entry.deviceMajor)
        minor = UInt32(entry.deviceMinor)
    }

    /// The number as `mknodat(2)` takes it.
    var encoded: UInt64 { clinux_makedev(major, minor) }

    /// Reads the value from an object.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        (major, minor) = (0, 0)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    ///
    /// - Parameter fields: What is done with them.
    /// - Throws: What `fields` throws.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("major", &major)
        try fields.required("minor", &minor)
    }
}
