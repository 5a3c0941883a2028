// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One rule about device nodes: which devices, what access, allowed or denied.
public struct DeviceRule: Hashable, Sendable {
    /// Which type of nodes a rule is about.
    public enum Kind: Hashable, Sendable { case all, character, block }

    /// What a process does with a node.
    public struct Access: OptionSet, Hashable, Sendable {
        /// The bits as the kernel passes them to programs (`BPF_DEVCG_ACC_*`).
        public let rawValue: UInt8

        /// Makes a set from the kernel's bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `m`: making the node.
        public static let mknod = Access(rawValue: 1)
        /// `r`: opening it for reading.
        public static let read = Access(rawValue: 2)
        /// `w`: opening it for writing.
        public static let write = Access(rawValue: 4)
        /// `rwm`.
        public static let full: Access = [.read, .write, .mknod]

        /// Reads letters out of `rwm`, each at most once.
        ///
        /// - Throws: ``CgroupError``: `invalidLimit` for another or a repeated letter, or for no letter.
        public init(bytes: [UInt8]) throws(CgroupError) {
            var access: Access = []
            for byte in bytes {
                let bit: Access =
                    switch byte {
                    case UInt8(ascii: "r"): .read
                    case UInt8(ascii: "w"): .write
                    case UInt8(ascii: "m"): .mknod
                    default: []
                    }
                if bit.isEmpty || !access.isDisjoint(with: bit) {
                    throw .invalid("devices.access", "it is not made of r, w and m, each at most once")
                }
                access.formUnion(bit)
            }
            if access.isEmpty { throw .invalid("devices.access", "it names no access") }
            self = access
        }

        /// The letters as version 1 files have them.
        var text: String {
            (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "") + (contains(.mknod) ? "m" : "")
        }
    }

    /// Whether matching access is allowed.
    public var isAllowed: Bool
    /// The type of nodes.
    public var kind: Kind
    /// Major number, `nil` for every one.
    public var major: UInt32?
    /// Minor number, `nil` for every one.
    public var minor: UInt32?
    /// What the rule allows or denies.
    public var access: Access

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - isAllowed: Whether matching access is allowed.
    ///   - kind: The type of nodes.
    ///   - major: Major number up to 4095, `nil` for every one.
    ///   - minor: Minor number up to 1048575, `nil` for every one.
    ///   - access: What the rule allows or denies.
    public init(allow isAllowed: Bool, _ kind: Kind, major: UInt32?, minor: UInt32?, access: Access) {
        self.isAllowed = isAllowed
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }

    /// Whether the rule is about every device, whatever the access.
    var matchesEverything: Bool { kind == .all && major == nil && minor == nil }

    /// Whether the rule is about the node.
    func matches(_ kind: Kind, _ major: UInt32?, _ minor: UInt32?) -> Bool {
        (self.kind == .all || self.kind == kind) && (self.major == nil || self.major == major)
            && (self.minor == nil || self.minor == minor)
    }
}
