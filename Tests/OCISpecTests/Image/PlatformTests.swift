// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import Testing

@Suite("A platform")
struct PlatformTests {
    @Test(
        "is read from its short form and normalized",
        arguments: [
            ("linux/amd64", "linux/amd64"), ("Linux/x86_64", "linux/amd64"), ("linux/x86-64/v1", "linux/amd64"),
            ("linux/amd64/v3", "linux/amd64/v3"), ("linux/aarch64", "linux/arm64"), ("linux/arm64/v8", "linux/arm64"),
            ("linux/arm64/9.0", "linux/arm64/v9"), ("linux/arm", "linux/arm/v7"), ("linux/arm/6", "linux/arm/v6"),
            ("linux/armhf", "linux/arm/v7"), ("linux/armel", "linux/arm/v6"), ("linux/i386", "linux/386"),
            ("macos/arm64", "darwin/arm64"), ("linux/riscv64", "linux/riscv64"),
        ]
    )
    func specifier(_ text: String, _ expected: String) throws { #expect(try Platform(text).description == expected) }

    @Test("takes what its short form leaves out from the host")
    func partial() throws {
        #expect(try Platform("s390x").os == Platform.host.os)
        #expect(try Platform("linux").architecture == Platform.host.architecture)
        #expect(try Platform("aarch64").architecture == "arm64")
    }

    @Test(
        "is refused in other forms",
        arguments: ["", "/", "linux/", "a/b/c/d", "linux//v8", "lin ux/amd64", "vax", "é/b"]
    )
    func refuse(_ text: String) {
        let error = #expect(throws: FormatError.self) { try Platform(text) }
        #expect(error?.code == .platform)
    }

    @Test(
        "prefers its own variant, then older ones, then the 32-bit architecture",
        arguments: [
            ("linux/amd64", ["linux/amd64", "linux/386"]),
            ("linux/amd64/v3", ["linux/amd64/v3", "linux/amd64/v2", "linux/amd64", "linux/386"]),
            ("linux/arm/v7", ["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]),
            ("linux/arm/v5", ["linux/arm/v5"]),
            ("linux/arm64", ["linux/arm64/v8", "linux/arm/v8", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]),
            ("linux/arm64/v8.2", ["linux/arm64/v8.2", "linux/arm64/v8.1", "linux/arm64", "linux/arm/v8"]),
            (
                "linux/arm64/v9",
                ["linux/arm64/v9", "linux/arm64/v8.5", "linux/arm64/v8.4", "linux/arm64", "linux/arm/v7"]
            ),
            ("linux/riscv64", ["linux/riscv64"]),
        ]
    )
    func order(_ host: String, _ expected: [String]) throws {
        let host = try Platform(host)
        let ranks = try expected.map { try #require(host.rank(of: Platform($0)), "\($0)") }
        #expect(ranks == ranks.sorted())
        #expect(Set(ranks).count == ranks.count)
        #expect(host.bestMatch(among: try expected.reversed().map { try Platform($0) }) == expected.count - 1)
    }

    @Test(
        "does not run what is newer or different",
        arguments: [
            ("linux/amd64", "linux/amd64/v2"), ("linux/arm/v6", "linux/arm/v7"), ("linux/arm64", "linux/arm64/v8.1"),
            ("linux/amd64", "linux/arm64"), ("linux/amd64", "windows/amd64"), ("linux/386", "linux/amd64"),
            ("linux/arm/v7", "linux/arm64"), ("linux/amd64", "unknown/unknown"), ("linux/arm64/v8x", "linux/arm64"),
        ]
    )
    func mismatch(_ host: String, _ image: String) throws {
        #expect(try Platform(host).rank(of: Platform(image)) == nil)
    }

    @Test("chooses the candidate with the most features it has, and none that needs others")
    func features() {
        let host = Platform(architecture: "amd64", os: "linux", osFeatures: ["a", "b"])
        let plain = Platform(architecture: "amd64", os: "linux")
        let some = Platform(architecture: "amd64", os: "linux", osFeatures: ["a"])
        let other = Platform(architecture: "amd64", os: "linux", osFeatures: ["a", "z"])
        #expect(host.bestMatch(among: [nil, plain, other, some]) == 3)
        #expect(plain.bestMatch(among: [some, plain, plain]) == 1)
        #expect(plain.bestMatch(among: [nil, some]) == nil)
    }

    @Test("matches a Windows build exactly")
    func windows() {
        func windows(_ version: String?) -> Platform {
            Platform(architecture: "amd64", os: "windows", osVersion: version)
        }
        #expect(windows("10.0.17763.1").rank(of: windows("10.0.17763.2")) == 0)
        #expect(windows("10.0.17763.1").rank(of: windows("10.0.14393.1")) == nil)
        #expect(windows(nil).rank(of: windows("10.0.14393.1")) == 0)
    }
}
