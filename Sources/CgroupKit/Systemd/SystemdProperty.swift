// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A property of a unit: its name, and a value that systemd takes for it.
///
/// - SeeAlso: org.freedesktop.systemd1(5), systemd.resource-control(5).
public struct SystemdProperty: Hashable, Sendable {
    /// The name, for example `MemoryMax`.
    public let name: String
    /// The value with its D-Bus type.
    package let value: DBusValue

    package init(_ name: String, _ value: DBusValue) {
        self.name = name
        self.value = value
    }

    /// Reads an annotation of a configuration: `org.systemd.property.TimeoutStopUSec` with `uint64 5000000`.
    ///
    /// A name in `Sec`, such as `TimeoutStopSec`, is taken for the one in `USec`, and its seconds are converted.
    ///
    /// - Parameters:
    ///   - key: The annotation's key, with the prefix `org.systemd.property.`.
    ///   - text: A value in GLib's text form for variants: numbers, truth values, strings, arrays, tuples and variants,
    ///     with a type such as `uint64` or `@as` in front where the value alone does not tell. Maps are not supported.
    /// - Throws: ``CgroupError``: `invalidLimit`, naming the annotation.
    public init(annotation key: String, value text: String) throws(CgroupError) {
        let name = String(key.dropFirst(Self.prefix.count))
        guard key.hasPrefix(Self.prefix), name.utf8.count >= 3, name.utf8.allSatisfy(Self.isLetter) else {
            throw .invalid(key, "a property's name has three letters or more, and nothing but letters")
        }
        let value: DBusValue
        do throws(GVariantError) { value = try GVariantText.value(of: text) } catch {
            throw .invalid(key, "\"\(text)\" is no value in GVariant text form: \(error.detail)")
        }
        guard name.hasSuffix("Sec"), !name.hasSuffix("USec"), let before = name.dropLast(3).utf8.last,
            Self.isLetter(before), before >= UInt8(ascii: "a")
        else {
            self.init(name, value)
            return
        }
        guard let microseconds = Self.microseconds(value) else {
            throw .invalid(key, "\"\(text)\" is no number of seconds")
        }
        self.init(name.dropLast(3) + "USec", .uint64(microseconds))
    }

    /// What the keys of annotations with properties begin with.
    public static let prefix = "org.systemd.property."

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func microseconds(_ value: DBusValue) -> UInt64? {
        func whole(_ seconds: some FixedWidthInteger) -> UInt64? {
            guard let seconds = UInt64(exactly: seconds) else { return nil }
            let (product, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000)
            return isTooLarge ? nil : product
        }
        return switch value {
        case .byte(let seconds): whole(seconds)
        case .int16(let seconds): whole(seconds)
        case .uint16(let seconds): whole(seconds)
        case .int32(let seconds): whole(seconds)
        case .uint32(let seconds): whole(seconds)
        case .int64(let seconds): whole(seconds)
        case .uint64(let seconds): whole(seconds)
        case .double(let seconds): UInt64(exactly: (seconds * 1_000_000).rounded())
        default: nil
        }
    }
}
