// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A request of rtnetlink(7) as a value; nothing here talks to the kernel.
struct NetlinkRequest: Hashable, Sendable {
    /// What it asks for, `RTM_*`.
    var type: UInt16
    /// How, `NLM_F_*` beside `NLM_F_REQUEST`.
    var flags: UInt16
    /// The fixed part that belongs to the type.
    var header: [UInt8]
    /// What follows it.
    var attributes: [NetlinkAttribute] = []

    private static let acknowledged: UInt16 = 4
    private static let dump: UInt16 = 0x300
    private static let createOnly: UInt16 = 0x600
    private static let isUp: UInt32 = 1

    /// Asks for the device of this name.
    static func link(named name: [UInt8]) -> NetlinkRequest {
        NetlinkRequest(
            type: 18,
            flags: acknowledged,
            header: linkHeader(),
            attributes: [.text(NetlinkAttribute.interfaceName, name)]
        )
    }

    /// Asks for all devices.
    static var links: NetlinkRequest { NetlinkRequest(type: 18, flags: dump, header: linkHeader()) }

    /// Asks for all addresses.
    static var addresses: NetlinkRequest {
        NetlinkRequest(type: 22, flags: dump, header: [UInt8](repeating: 0, count: 8))
    }

    /// Brings a device up or down.
    static func setState(of index: UInt32, up: Bool) -> NetlinkRequest {
        NetlinkRequest(
            type: 16,
            flags: acknowledged,
            header: linkHeader(index, flags: up ? isUp : 0, change: isUp)
        )
    }

    /// Moves a device to the network namespace that `descriptor` stands for, where it gets this name.
    static func move(_ index: UInt32, to descriptor: Int32, name: [UInt8]) -> NetlinkRequest {
        NetlinkRequest(
            type: 16,
            flags: acknowledged,
            header: linkHeader(index),
            attributes: [
                .text(NetlinkAttribute.interfaceName, name),
                NetlinkAttribute(
                    type: NetlinkAttribute.namespaceDescriptor,
                    value: bytes(UInt32(bitPattern: descriptor))
                ),
            ]
        )
    }

    /// Gives a device an address that it does not have.
    static func add(_ address: NetworkAddress, to index: UInt32) -> NetlinkRequest {
        NetlinkRequest(
            type: 20,
            flags: acknowledged | createOnly,
            header: [address.family, address.prefixLength, 0, address.scope] + bytes(index),
            attributes: address.attributes
        )
    }

    /// The message (netlink(7)): header, and attributes that start at multiples of four bytes.
    func encoded(sequence: UInt32) -> [UInt8] {
        let body = header + attributes.flatMap(\.encoded)
        let length = UInt32(16 + body.count)
        return Self.bytes(length) + Self.bytes(type) + Self.bytes(flags | 1) + Self.bytes(sequence)
            + Self.bytes(UInt32(0)) + body
    }

    /// `struct ifinfomsg`.
    private static func linkHeader(_ index: UInt32 = 0, flags: UInt32 = 0, change: UInt32 = 0) -> [UInt8] {
        [0, 0, 0, 0] + bytes(index) + bytes(flags) + bytes(change)
    }

    /// The bytes of a number in the machine's order, which is little-endian on all that we run on.
    static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}

/// One attribute of a message (rtnetlink(7), `struct rtattr`).
struct NetlinkAttribute: Hashable, Sendable {
    /// What it is.
    var type: UInt16
    /// Its value.
    var value: [UInt8]

    static let interfaceName: UInt16 = 3
    static let namespaceDescriptor: UInt16 = 28
    static let address: UInt16 = 1
    static let localAddress: UInt16 = 2
    static let broadcastAddress: UInt16 = 4
    static let addressFlags: UInt16 = 8

    /// A text, which ends with a NUL.
    static func text(_ type: UInt16, _ text: [UInt8]) -> NetlinkAttribute {
        NetlinkAttribute(type: type, value: text + [0])
    }

    /// The attribute and what fills the last four bytes.
    var encoded: [UInt8] {
        let length = 4 + value.count
        let padding = [UInt8](repeating: 0, count: (4 - length % 4) % 4)
        return NetlinkRequest.bytes(UInt16(length)) + NetlinkRequest.bytes(type) + value + padding
    }
}

/// An address of a device, with everything that is needed to give it to the device again.
struct NetworkAddress: Hashable, Sendable {
    var family: UInt8
    var prefixLength: UInt8
    var scope: UInt8
    var attributes: [NetlinkAttribute]
}
