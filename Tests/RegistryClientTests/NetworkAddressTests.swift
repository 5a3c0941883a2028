// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@testable import RegistryClient

@Suite("An address of the network")
struct NetworkAddressTests {
    @Test(
        "is known for where it leads",
        .rows("A-13"),
        arguments: [
            ("127.0.0.1", .loopback), ("127.255.0.9", .loopback), ("::1", .loopback), ("::ffff:127.0.0.1", .loopback),
            ("::127.0.0.1", .loopback), ("64:ff9b::127.0.0.1", .loopback), ("2002:7f00:1::", .loopback),
            ("169.254.169.254", .linkLocal), ("fe80::1", .linkLocal), ("::ffff:a9fe:a9fe", .linkLocal),
            ("10.0.0.1", .private), ("172.16.0.1", .private), ("172.31.255.255", .private), ("192.168.1.1", .private),
            ("100.64.0.1", .private), ("fd00::1", .private), ("fc00::1", .private), ("0.0.0.0", .special),
            ("255.255.255.255", .special), ("224.0.0.1", .special), ("::", .special), ("ff02::1", .special),
            ("8.8.8.8", .global), ("172.32.0.1", .global), ("2606:4700::1111", .global), ("::ffff:8.8.8.8", .global),
        ] as [(String, NetworkAddress.Reach)]
    )
    func reach(text: String, reach: NetworkAddress.Reach) throws {
        #expect(try #require(NetworkAddress(text)).reach == reach)
    }

    @Test(
        "is not read from anything else",
        arguments: [
            "", "1", "127.1", "0177.0.0.1", "256.0.0.1", "1.2.3.4.5", "1.2.3", "::1%lo", "1::2::3", ":::",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "12345::", "g::", "::1.2.3", "1.2.3.4::", "٤.1.1.1",
        ]
    )
    func refused(text: String) { #expect(NetworkAddress(text) == nil) }
}
