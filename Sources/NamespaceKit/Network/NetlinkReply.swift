// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What a message of rtnetlink(7) says; nothing here talks to the kernel.
enum NetlinkReply: Hashable, Sendable {
    /// The request failed, or with 0 it worked.
    case status(errno: Int32)
    /// There is no more.
    case done
    /// A device.
    case link(index: UInt32)
    /// An address of the device `index`, and its flags (`IFA_F_*`).
    case address(index: UInt32, flags: UInt32, NetworkAddress)
    /// Something that was not asked for.
    case other

    /// The messages in what one read gave. What does not fit its own lengths ends the list.
    static func parse(_ bytes: [UInt8]) -> [NetlinkReply] {
        var replies: [NetlinkReply] = []
        var start = 0
        while start + 16 <= bytes.count {
            let length = Int(word(bytes, start))
            guard length >= 16, length <= bytes.count - start else { break }
            let body = Array(bytes[(start + 16)..<(start + length)])
            replies.append(reply(UInt16(truncatingIfNeeded: word(bytes, start + 4)), body))
            start += (length + 3) & ~3
        }
        return replies
    }

    private static func reply(_ type: UInt16, _ body: [UInt8]) -> NetlinkReply {
        switch type {
        case 2 where body.count >= 4: .status(errno: -Int32(bitPattern: word(body, 0)))
        case 3: .done
        case 16 where body.count >= 16: .link(index: word(body, 4))
        case 20 where body.count >= 8: address(body)
        default: .other
        }
    }

    private static func address(_ body: [UInt8]) -> NetlinkReply {
        let all = attributes(body[8...])
        // Flags beyond the first eight are in an attribute.
        let wide = all.first { $0.type == NetlinkAttribute.addressFlags && $0.value.count == 4 }
        let kept: Set = [
            NetlinkAttribute.address, NetlinkAttribute.localAddress, NetlinkAttribute.broadcastAddress,
        ]
        let address = NetworkAddress(
            family: body[0],
            prefixLength: body[1],
            scope: body[3],
            attributes: all.filter { kept.contains($0.type) }
        )
        return .address(index: word(body, 4), flags: wide.map { word($0.value, 0) } ?? UInt32(body[2]), address)
    }

    private static func attributes(_ bytes: ArraySlice<UInt8>) -> [NetlinkAttribute] {
        var list: [NetlinkAttribute] = []
        var rest = bytes
        while rest.count >= 4 {
            let start = rest.startIndex
            let length = Int(rest[start]) | Int(rest[start + 1]) << 8
            guard length >= 4, length <= rest.count else { break }
            let type = UInt16(rest[start + 2]) | UInt16(rest[start + 3]) << 8
            list.append(NetlinkAttribute(type: type, value: Array(rest[(start + 4)..<(start + length)])))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return list
    }

    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt32 {
        (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
    }
}
