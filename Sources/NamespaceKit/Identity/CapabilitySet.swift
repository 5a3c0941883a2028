// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A set of capabilities, in the form the kernel takes: bit n is capability n.
public struct CapabilitySet: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt64

    /// Takes bits; those of capabilities not known here stay.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// A set of these.
    public init(_ capabilities: some Sequence<Capability>) {
        rawValue = capabilities.reduce(0) { $0 | Self.bit($1) }
    }

    /// A set of one.
    public init(_ capability: Capability) { rawValue = Self.bit(capability) }

    /// All capabilities that a kernel has.
    ///
    /// - Parameter lastCapability: The highest one's number, which `/proc/sys/kernel/cap_last_cap` holds; numbers above
    ///   63 count as 63.
    /// - Returns: Capabilities 0 to the last.
    public static func all(upTo lastCapability: UInt8) -> CapabilitySet {
        CapabilitySet(rawValue: lastCapability >= 63 ? .max : (1 << (UInt64(lastCapability) + 1)) - 1)
    }

    /// The fourteen that docker and podman's docker mode give a container by default.
    public static let dockerDefault = CapabilitySet([
        .chown, .dacOverride, .fsetid, .fileOwner, .mknod, .netRaw, .setgid, .setuid, .setfcap, .setpcap,
        .netBindService, .sysChroot, .kill, .auditWrite,
    ])

    /// Whether the set has a capability.
    public func contains(_ capability: Capability) -> Bool { rawValue & Self.bit(capability) != 0 }

    /// Adds a capability.
    public mutating func insert(_ capability: Capability) {
        self = CapabilitySet(rawValue: rawValue | Self.bit(capability))
    }

    /// Takes a capability away.
    public mutating func remove(_ capability: Capability) {
        self = CapabilitySet(rawValue: rawValue & ~Self.bit(capability))
    }

    /// The known capabilities in the set, by number.
    public var capabilities: [Capability] { Capability.allCases.filter(contains) }

    private static func bit(_ capability: Capability) -> UInt64 { 1 << UInt64(capability.rawValue) }
}

extension CapabilitySet: CustomStringConvertible {
    /// The names, separated by commas; bits without a name as numbers.
    public var description: String {
        let names = (UInt8(0)..<64).filter { rawValue & 1 << UInt64($0) != 0 }.map { number in
            Capability(rawValue: number)?.name ?? "\(number)"
        }
        return "[\(names.joined(separator: ", "))]"
    }
}
