// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Testing

@testable import NamespaceKit

@Suite("Messages of rtnetlink") struct NetlinkTests {
    @Test("move a device by index, descriptor and name, padded to four bytes")
    func move() {
        let bytes = NetlinkRequest.move(7, to: 5, name: Array("eth0".utf8)).encoded(sequence: 3)
        let header: [UInt8] = [52, 0, 0, 0, 16, 0, 5, 0, 3, 0, 0, 0, 0, 0, 0, 0]
        let link: [UInt8] = [0, 0, 0, 0, 7, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
        let name: [UInt8] = [9, 0, 3, 0] + Array("eth0".utf8) + [0, 0, 0, 0]
        #expect(bytes == header + link + name + [8, 0, 28, 0, 5, 0, 0, 0])
    }

    @Test("bring a device up or down, changing nothing else")
    func state() {
        let up = NetlinkRequest.setState(of: 2, up: true).encoded(sequence: 1)
        #expect(Array(up[20...]) == [2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
        let down = NetlinkRequest.setState(of: 2, up: false).encoded(sequence: 1)
        #expect(Array(down[20...]) == [2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
    }

    @Test("tell an address with its flags, and nothing of what was not asked for")
    func address() {
        let attributes: [UInt8] = [
            8, 0, 1, 0, 10, 1, 2, 3, 8, 0, 2, 0, 10, 1, 2, 3, 7, 0, 3, 0, 65, 66, 0, 0, 8, 0, 8, 0, 128, 4, 0, 0,
        ]
        let body: [UInt8] = [2, 24, 128, 0, 9, 0, 0, 0] + attributes
        let message: [UInt8] = [UInt8(16 + body.count), 0, 0, 0, 20, 0] + [UInt8](repeating: 0, count: 10) + body
        let address = NetworkAddress(
            family: 2,
            prefixLength: 24,
            scope: 0,
            attributes: [
                NetlinkAttribute(type: 1, value: [10, 1, 2, 3]), NetlinkAttribute(type: 2, value: [10, 1, 2, 3]),
            ]
        )
        let done: [UInt8] = [20, 0, 0, 0, 3, 0, 2, 0] + [UInt8](repeating: 0, count: 12)
        let replies = NetlinkReply.parse(message + done)
        #expect(replies == [.address(index: 9, flags: 0x480, address), .done])
        #expect(NetworkDeviceMover.lasting(replies[0], of: 9) == address)
        #expect(NetworkDeviceMover.lasting(replies[0], of: 8) == nil)
        #expect(NetworkDeviceMover.lasting(.address(index: 9, flags: 0x400, address), of: 9) == nil)
        var local = address
        local.scope = 253
        #expect(NetworkDeviceMover.lasting(.address(index: 9, flags: 0x80, local), of: 9) == nil)
    }

    @Test("say what went wrong, and end where they do not fit their lengths")
    func errors() {
        let failure: [UInt8] = [20, 0, 0, 0, 2, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + [0xED, 0xFF, 0xFF, 0xFF]
        #expect(NetlinkReply.parse(failure) == [.status(errno: 19)])
        for broken in [[UInt8]](arrayLiteral: [], [1, 0], Array(failure.dropLast()), [8, 0, 0, 0] + failure) {
            #expect(NetlinkReply.parse(broken).isEmpty)
        }
        // An attribute that claims more than there is.
        let body: [UInt8] = [2, 24, 0, 0, 9, 0, 0, 0, 99, 0, 1, 0]
        let message: [UInt8] = [28, 0, 0, 0, 20, 0] + [UInt8](repeating: 0, count: 10) + body
        let empty = NetworkAddress(family: 2, prefixLength: 24, scope: 0, attributes: [])
        #expect(NetlinkReply.parse(message) == [.address(index: 9, flags: 0, empty)])
    }
}
