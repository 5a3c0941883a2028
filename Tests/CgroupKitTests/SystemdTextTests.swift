// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import SystemPackage
import LinuxSystem
import Testing

@testable import CgroupKit

@Suite("Variants as text") struct GVariantTextTests {
    static let samples: [(String, DBusValue)] = [
        ("uint64 123456789", .uint64(123_456_789)), ("'inactive-or-failed'", .string("inactive-or-failed")),
        ("\"it's\"", .string("it's")), ("'it\\'s\\n'", .string("it's\n")), ("true", .boolean(true)),
        (" false ", .boolean(false)), ("5", .int32(5)), ("-5", .int32(-5)), ("0x1f", .int32(31)), ("017", .int32(15)),
        ("byte 0x05", .byte(5)), ("1.5", .double(1.5)), ("1e3", .double(1000)), ("double 2", .double(2)),
        ("int64 -1", .int64(-1)), ("uint16 65535", .uint16(65_535)), ("@t 7", .uint64(7)),
        ("@as []", .array(.string, [])),
        ("['a', 'b']", .array(.string, [.string("a"), .string("b")])),
        ("[uint32 1, 2]", .array(.uint32, [.uint32(1), .uint32(2)])),
        (
            "@a(ss) [('/dev/null', 'rw')]",
            .array(
                .structure([.string, .string]),
                [
                    .structure([.string("/dev/null"), .string("rw")])
                ]
            )
        ), ("(1, 'a')", .structure([.int32(1), .string("a")])), ("('a',)", .structure([.string("a")])),
        ("<uint32 5>", .variant(.uint32(5))), ("objectpath '/a'", .objectPath("/a")),
        ("signature 'as'", .signature("as")),
    ]

    @Test("are read with the type that they say or show", arguments: samples)
    func value(_ text: String, _ expected: DBusValue) throws {
        #expect(try GVariantText.value(of: text) == expected)
    }

    @Test(
        "are refused when they are none",
        arguments: [
            "", " ", "uint64", "uint64 -1", "uint64 'a'", "5000000000", "'open", "[1, 'a']", "[]", "[1", "()", "(1",
            "{'a': 1}",
            "<1", "true false", "1 2", "@z 1", "@(ii) (1)", "@(ii) (1, 2, 3)", "@s 1", "int32 uint32 1", "--5", "0x",
            "b'abc'",
            "byte 256", "nan", "signature 'z'", "'\\x'", String(repeating: "[", count: 40),
        ]
    )
    func refused(_ text: String) {
        #expect(throws: GVariantError.self) { try GVariantText.value(of: text) }
    }

    @Test(
        "set properties, seconds in microseconds",
        arguments: [
            ("TimeoutStopUSec", "uint64 123456789", "TimeoutStopUSec", .uint64(123_456_789)),
            ("CollectMode", "'inactive-or-failed'", "CollectMode", .string("inactive-or-failed")),
            ("TimeoutStopSec", "5", "TimeoutStopUSec", .uint64(5_000_000)),
            ("TimeoutStopSec", "1.5", "TimeoutStopUSec", .uint64(1_500_000)), ("ASec", "5", "ASec", .int32(5)),
        ] as [(String, String, String, DBusValue)]
    )
    func property(_ name: String, _ text: String, _ expected: String, _ value: DBusValue) throws {
        let property = try SystemdProperty(annotation: SystemdProperty.prefix + name, value: text)
        #expect(property == SystemdProperty(expected, value))
    }

    @Test(
        "set no property of an odd name or value",
        .rows("CVE-2023-6476"),
        arguments: [
            ("", "1"), ("Ab", "1"), ("A1b", "1"), ("Memory Max", "1"), ("MemoryMax", "1x"), ("TimeoutStopSec", "'a'"),
            ("TimeoutStopSec", "-1"), ("TimeoutStopSec", "uint64 18446744073709551615"),
        ]
    )
    func refusedProperty(_ name: String, _ text: String) {
        let error = #expect(throws: CgroupError.self) {
            try SystemdProperty(annotation: SystemdProperty.prefix + name, value: text)
        }
        #expect(error?.field == SystemdProperty.prefix + name)
    }
}

@Suite("SystemdUnit") struct SystemdUnitTests {
    @Test(
        "is read from slice:prefix:name",
        arguments: [
            (nil, "system.slice", "skiff-c1.scope", "/system.slice/skiff-c1.scope"),
            ("machine.slice:libpod:1", "machine.slice", "libpod-1.scope", "/machine.slice/libpod-1.scope"),
            (":docker:1", "system.slice", "docker-1.scope", "/system.slice/docker-1.scope"),
            ("-:a:1", "-.slice", "a-1.scope", "/a-1.scope"),
            ("a-b-c.slice::1", "a-b-c.slice", "-1.scope", "/a.slice/a-b.slice/a-b-c.slice/-1.scope"),
        ] as [(String?, String, String, String)]
    )
    func form(_ text: String?, _ slice: String, _ name: String, _ path: String) throws {
        let unit = try SystemdUnit(text.map { Array($0.utf8) }, name: "c1", defaultSlice: "system.slice")
        #expect(unit.slice == slice)
        #expect(unit.name == name)
        #expect(try unit.path.description == path)
    }

    @Test(
        "is refused in another form",
        arguments: [
            "/a/b", "a:b", "a:b:c:d", "a.slice:b:", "a:b:c", "a/b.slice:c:d", "a--b.slice:c:d", "-a.slice:c:d",
            ".slice:c:d",
            "a.slice:b/c:d", "a.slice:b:c d", "a.slice:b:c.slice", "a.slice:b:" + String(repeating: "x", count: 255),
        ]
    )
    func refused(_ text: String) {
        #expect(throws: CgroupError.self) {
            try SystemdUnit(Array(text.utf8), name: "c1", defaultSlice: "system.slice").path
        }
    }
}

@Suite("Limits as properties of systemd") struct SystemdPropertiesTests {
    private func properties(
        _ mounts: String,
        systemd: Int = 252,
        isNew: Bool = false,
        _ change: (inout CgroupLimits) throws -> Void
    ) throws -> [String: DBusValue] {
        let layout = try CgroupLayout(mounts: MountInfoEntry.parse(Array(mounts.utf8))) { _ in [.memory] }
        var limits = CgroupLimits()
        try change(&limits)
        let list = try limits.systemdProperties(layout, systemd: systemd, isNew: isNew)
        return Dictionary(list.map { ($0.name, $0.value) }) { $1 }
    }

    @Test("of version 2 have its names")
    func unified() throws {
        let result = try properties(CgroupLayoutTests.unified) {
            $0.memory.limit = .value(1000)
            $0.memory.swap = .value(1500)
            $0.memory.reservation = .value(800)
            $0.cpu.weight = .shares(1024)
            $0.cpu.quota = .value(5000)
            $0.cpu.period = 20_000
            $0.pids.limit = .unlimited
            $0.cpuSet.cpus = try .init(bytes: Array("1,8-9".utf8), field: "cpus")
            $0.unified.files = ["memory.high": "900", "memory.oom.group": "1", "io.latency": "8:0 target=5"]
        }
        #expect(
            result == [
                "MemoryMax": .uint64(1000), "MemorySwapMax": .uint64(500), "MemoryLow": .uint64(800),
                "CPUWeight": .uint64(100), "CPUQuotaPeriodUSec": .uint64(20_000),
                "CPUQuotaPerSecUSec": .uint64(250_000),
                "TasksMax": .uint64(.max), "AllowedCPUs": .array(.byte, [.byte(0b10), .byte(0b11)]),
                "MemoryHigh": .uint64(900),
            ]
        )
    }

    @Test("of version 1 have the old names")
    func legacy() throws {
        let result = try properties(CgroupLayoutTests.legacy) {
            $0.memory.limit = .unlimited
            $0.cpu.weight = .shares(512)
            $0.io.weight = 100
            $0.pids.limit = .value(0)
        }
        #expect(
            result == [
                "MemoryLimit": .uint64(.max), "CPUShares": .uint64(512), "BlockIOWeight": .uint64(100),
                "TasksMax": .uint64(1),
            ]
        )
    }

    @Test("of an older systemd are fewer")
    func versions() throws {
        let change: (inout CgroupLimits) throws -> Void = {
            $0.cpu.period = 20_000
            $0.cpu.idle = true
            $0.cpuSet.cpus = try .init(bytes: Array("0".utf8), field: "cpus")
            $0.unified.files = ["memory.oom.group": "1"]
        }
        #expect(
            try properties(CgroupLayoutTests.unified, systemd: 241, change) == ["CPUQuotaPerSecUSec": .uint64(.max)]
        )
        let newest = try properties(CgroupLayoutTests.unified, systemd: 253, isNew: true, change)
        #expect(newest["OOMPolicy"] == .string("kill"))
        #expect(newest["CPUWeight"] == .uint64(0))
        #expect(newest["AllowedCPUs"] == .array(.byte, [.byte(1)]))
    }

    @Test("of quotas are hundredths of a CPU, rounded up, and the file gets the same")
    func quota() throws {
        var limits = CgroupLimits()
        limits.cpu.quota = .value(12_345)
        #expect(CPULimits.systemdTime(quota: 12_345, period: 100_000) == 130_000)
        #expect(limits.roundedForSystemd().cpu.quota == .value(13_000))
        limits.cpu.quota = .value(500_000)
        limits.cpu.period = 1_000_000
        #expect(limits.roundedForSystemd() == limits)
        #expect(CPULimits.systemdTime(quota: .max, period: 1) == .max)
    }

    @Test(
        "of files that say nothing are refused",
        arguments: [["cpu.weight": "x"], ["cpu.max": "1 2 3"], ["pids.max": ""]]
    )
    func invalid(_ files: [String: String]) {
        #expect(throws: CgroupError.self) { try properties(CgroupLayoutTests.unified) { $0.unified.files = files } }
    }

    @Test("versions and bus addresses are read")
    func texts() {
        #expect(SystemdManager.number(ofVersion: "252.38-1~deb12u1") == 252)
        #expect(SystemdManager.number(ofVersion: "v245.4") == 245)
        #expect(SystemdManager.number(ofVersion: "") == 0)
        #expect(SystemdManager.path(ofBus: "unix:path=/run/user/0/bus") == "/run/user/0/bus")
        #expect(SystemdManager.path(ofBus: "tcp:host=a;unix:path=/a%20b,guid=1") == "/a b")
        #expect(SystemdManager.path(ofBus: "unix:abstract=/x") == nil)
        #expect(SystemdManager.path(ofBus: "unix:path=/a%zz") == nil)
    }
}
