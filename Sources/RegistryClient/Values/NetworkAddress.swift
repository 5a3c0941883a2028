// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// An IP address, and whether it is one of the open Internet.
///
/// Names that a stranger chose (redirects, realms) must not lead to services that only this machine or its network can
/// reach.
public struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    /// Where an address can be reached from.
    public enum Reach: String, Hashable, Sendable {
        /// This machine.
        case loopback
        /// This link, with the metadata services of clouds.
        case linkLocal
        /// A private network.
        case `private`
        /// Nothing that a registry could be: multicast, unspecified, reserved.
        case special
        /// The Internet.
        case global
    }

    /// Four bytes, or sixteen.
    public let bytes: [UInt8]

    /// Creates an address; `nil` unless there are four or sixteen bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads an address; `nil` if the text is none. Only the usual forms count: four decimal numbers, or the forms of
    /// RFC 4291, section 2.2, without zone.
    public init?(_ text: String) {
        let utf8 = Array(text.utf8)
        if utf8.contains(UInt8(ascii: ":")) {
            guard let bytes = Self.version6(utf8[...]) else { return nil }
            self.bytes = bytes
        } else {
            guard let bytes = Self.version4(utf8[...]) else { return nil }
            self.bytes = bytes
        }
    }

    private static func version4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // A leading zero would be octal to some.
            guard part.count <= 3, part.count == 1 || part.first != UInt8(ascii: "0"),
                let number = ASCII.number(part), let byte = UInt8(exactly: number)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        var halves: [[UInt8]] = []
        var rest = text
        while let gap = zip(rest.indices, rest.indices.dropFirst()).first(where: {
            rest[$0] == colon && rest[$1] == colon
        }) {
            guard halves.isEmpty, let half = groups(rest[..<gap.0], mayEndIn4: false) else { return nil }
            halves.append(half)
            rest = rest[(gap.1 + 1)...]
        }
        guard let last = groups(rest, mayEndIn4: true) else { return nil }
        if halves.isEmpty { return last.count == 16 ? last : nil }
        let known = halves[0].count + last.count
        guard known <= 14 else { return nil }
        return halves[0] + [UInt8](repeating: 0, count: 16 - known) + last
    }

    /// The bytes of groups of hexadecimal digits; the last of an address may be one of version 4.
    private static func groups(_ text: ArraySlice<UInt8>, mayEndIn4: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndIn4, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let tail = version4(part) else { return nil }
                bytes += tail
                continue
            }
            guard (1...4).contains(part.count), part.allSatisfy(ASCII.isHexDigit),
                let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
        }
        return bytes.count <= 16 ? bytes : nil
    }

    /// Where the address can be reached from.
    ///
    /// - SeeAlso: RFC 6890, and the registries of special-purpose addresses at IANA.
    public var reach: Reach {
        if bytes.count == 4 { return Self.reach(of: bytes) }
        if bytes.dropLast().allSatisfy({ $0 == 0 }) { return bytes[15] == 1 ? .loopback : .special }
        // Addresses that carry one of version 4 go where that one goes: mapped, NAT64, 6to4.
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == bytes[11], bytes[10] == 0xFF || bytes[10] == 0 {
            return Self.reach(of: Array(bytes[12...]))
        }
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B]) { return Self.reach(of: Array(bytes[12...])) }
        if bytes.starts(with: [0x20, 0x02]) { return Self.reach(of: Array(bytes[2..<6])) }
        switch bytes[0] {
        case 0xFE where bytes[1] & 0xC0 == 0x80: return .linkLocal
        case 0xFE where bytes[1] & 0xC0 == 0xC0, 0xFC, 0xFD: return .private
        case 0x20...0x3F: return .global
        default: return .special
        }
    }

    private static func reach(of bytes: [UInt8]) -> Reach {
        switch (bytes[0], bytes[1]) {
        case (127, _): .loopback
        case (169, 254): .linkLocal
        case (10, _), (172, 16...31), (192, 168), (100, 64...127), (198, 18...19): .private
        case (0, _), (224..., _): .special
        case (192, 0) where bytes[2] == 0: .special
        default: .global
        }
    }

    /// The address as it stands in a URL, but without brackets.
    public var description: String {
        if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}
