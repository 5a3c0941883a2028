// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CgroupKit

/// What the client has called, in its order.
private final class Calls: Sendable {
    private let members = Mutex<[String]>([])
    var list: [String] { members.withLock { $0 } }
    func add(_ call: DBusMessage) { members.withLock { $0.append(call.member ?? "") } }
}

@Suite("SystemdManager with a peer of our own") struct SystemdManagerTests {
    private static let job = "/org/freedesktop/systemd1/job/7"

    private func start(_ manager: SystemdManager) throws(CgroupError) {
        let unit = try SystemdUnit(nil, name: "c1", defaultSlice: "system.slice")
        try manager.start(unit, processID: 5, description: "test", properties: [], isUnified: true)
    }

    @Test("starts a scope with its process, and waits for the job's end")
    func start() throws {
        let bus = try FakeBus { peer in
            try peer.authenticate()
            let call = try peer.call()
            guard call.member == "StartTransientUnit", call.body.first == .string("skiff-c1.scope"),
                case .array(_, let properties) = call.body[2],
                properties.contains(.structure([.string("PIDs"), .variant(.array(.uint32, [.uint32(5)]))])),
                properties.contains(.structure([.string("Delegate"), .variant(.boolean(true))])),
                properties.contains(.structure([.string("Slice"), .variant(.string("system.slice"))]))
            else { return try peer.refuse(call, "test.Wrong", "\(call)") }
            // The end of another job, and that of ours before the answer.
            try peer.removed(job: "/other", unit: "x", "failed")
            try peer.removed(job: Self.job, unit: "skiff-c1.scope", "done")
            try peer.reply(to: call, [.objectPath(Self.job)])
        }
        try start(bus.manager)
    }

    @Test("says how a job ended that did not do what it should")
    func failedJob() throws {
        let bus = try FakeBus { peer in
            try peer.authenticate()
            let call = try peer.call()
            try peer.reply(to: call, [.objectPath(Self.job)])
            try peer.removed(job: Self.job, unit: "skiff-c1.scope", "failed")
            try peer.reply(to: try peer.call())
        }
        let error = #expect(throws: CgroupError.self) { try start(bus.manager) }
        #expect(error?.code == .managerFailed)
        #expect(error?.description.contains("\"failed\"") == true)
    }

    @Test("forgets a failed unit of the same name and tries once more, but leaves one that runs")
    func exists() throws {
        for times in [1, 2] {
            let calls = Calls()
            let bus = try FakeBus { peer in
                try peer.authenticate()
                var left = times
                while true {
                    let call = try peer.call()
                    calls.add(call)
                    if call.member != "StartTransientUnit" {
                        try peer.reply(to: call)
                    } else if left > 0 {
                        left -= 1
                        try peer.refuse(call, "org.freedesktop.systemd1.UnitExists", "Unit exists")
                    } else {
                        try peer.reply(to: call, [.objectPath(Self.job)])
                        try peer.removed(job: Self.job, unit: "skiff-c1.scope", "done")
                    }
                }
            }
            if times == 1 {
                try start(bus.manager)
            } else {
                let error = #expect(throws: CgroupError.self) { try start(bus.manager) }
                #expect(error?.code == .alreadyExists)
            }
            #expect(calls.list == ["StartTransientUnit", "ResetFailedUnit", "StartTransientUnit"])
        }
    }

    @Test("stops a unit, and takes one that is gone for stopped")
    func stop() throws {
        for isThere in [true, false] {
            let calls = Calls()
            let bus = try FakeBus { peer in
                try peer.authenticate()
                let call = try peer.call()
                calls.add(call)
                if isThere {
                    try peer.reply(to: call, [.objectPath(Self.job)])
                    try peer.removed(job: Self.job, unit: "a.scope", "done")
                } else {
                    try peer.refuse(call, "org.freedesktop.systemd1.NoSuchUnit", "Unit a.scope not loaded.")
                }
                let reset = try peer.call()
                calls.add(reset)
                try peer.refuse(reset, "org.freedesktop.systemd1.NoSuchUnit", "Unit a.scope not loaded.")
            }
            try bus.manager.stop("a.scope")
            #expect(calls.list == ["StopUnit", "ResetFailedUnit"])
        }
    }

    @Test("asks a bus to hand on signals, and not a manager itself")
    func bus() throws {
        let calls = Calls()
        let bus = try FakeBus { peer in
            try peer.authenticate()
            while true {
                let call = try peer.call()
                calls.add(call)
                try peer.reply(to: call, call.member == "Get" ? [.variant(.string("252.1"))] : [])
            }
        }
        #expect(try bus.manager(timeout: .seconds(5), isBus: true).facts().version == 252)
        #expect(calls.list == ["Hello", "AddMatch", "Subscribe", "Get", "Get"])
    }

    @Test("says which property systemd refuses, in systemd's words")
    func refusal() throws {
        let bus = try FakeBus { peer in
            try peer.authenticate()
            try peer.refuse(try peer.call(), "org.freedesktop.DBus.Error.PropertyReadOnly", "Cannot set property Foo")
        }
        let error = #expect(throws: CgroupError.self) {
            try bus.manager.set([SystemdProperty("Foo", .boolean(true))], of: "a.scope")
        }
        #expect(error?.code == .managerFailed)
        #expect(error?.field == "Foo")
        #expect(error?.description.contains("Cannot set property Foo") == true)
    }

    /// Peers that are slow, lie or go away, and the error that each gives.
    static let bad: [(String, CgroupError.Code, @Sendable (FakePeer) throws -> Void)] = [
        ("says nothing", .timedOut, { _ = try $0.read(1 << 20) }),
        (
            "never answers a call", .timedOut,
            { peer in
                try peer.authenticate()
                _ = try peer.read(1 << 20)
            }
        ),
        (
            "never ends the job", .timedOut,
            { peer in
                try peer.authenticate()
                try peer.reply(to: try peer.call(), [.objectPath(job)])
                _ = try peer.read(1 << 20)
            }
        ),
        (
            "speaks without end", .timedOut,
            { peer in
                try peer.authenticate()
                _ = try peer.call()
                while true { try peer.removed(job: "/other", unit: "x", "done") }
            }
        ),
        ("closes at once", .managerFailed, { _ in }),
        (
            "closes within a message", .managerFailed,
            { peer in
                try peer.authenticate()
                _ = try peer.call()
                try peer.write([UInt8(ascii: "l"), 2, 0, 1, 0, 0])
            }
        ),
        (
            "does not let us in", .notDelegated,
            { peer in
                _ = try peer.line()
                try peer.write("REJECTED EXTERNAL\r\n")
                _ = try peer.read(1 << 20)
            }
        ),
        (
            "sends no line", .managerFailed,
            { peer in
                _ = try peer.line()
                while true { try peer.write(String(repeating: "x", count: 4096)) }
            }
        ),
        (
            "sends no messages", .managerFailed,
            { peer in
                try peer.authenticate()
                _ = try peer.call()
                try peer.write(String(repeating: "HTTP/1.1 200 OK\r\n", count: 4))
                _ = try peer.read(1 << 20)
            }
        ),
        (
            "announces a message of gigabytes", .managerFailed,
            { peer in
                try peer.authenticate()
                _ = try peer.call()
                try peer.write([UInt8(ascii: "l"), 2, 0, 1, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0, 0, 0, 0, 0])
                _ = try peer.read(1 << 20)
            }
        ),
        (
            "answers without a job", .managerFailed,
            { peer in
                try peer.authenticate()
                try peer.reply(to: try peer.call(), [.uint32(5)])
                _ = try peer.read(1 << 20)
            }
        ),
    ]

    @Test("fails in its time, with an error of its own, when the peer", arguments: bad.indices)
    func peers(_ index: Int) throws {
        let (name, code, behaviour) = Self.bad[index]
        let bus = try FakeBus(behaviour)
        let error = #expect(throws: CgroupError.self, "\(name)") { try start(bus.manager) }
        #expect(error?.code == code, "\(name): \(error?.description ?? "")")
    }

    @Test("takes the next socket when nobody listens on the first, and names the first when nobody does at all")
    func addresses() throws {
        let bus = try FakeBus { peer in
            try peer.authenticate()
            while true { try peer.reply(to: try peer.call(), [.variant(.string("250"))]) }
        }
        let missing = SystemdManager.Address(path: "/nonexistent/private", isBus: false)
        let there = SystemdManager.Address(path: bus.path, isBus: false)
        #expect(try SystemdManager(addresses: [missing, there]).facts().version == 250)
        let error = #expect(throws: CgroupError.self) { try SystemdManager(addresses: [missing]).facts() }
        #expect(error?.code == .managerFailed)
        #expect(error?.description.contains("/nonexistent/private") == true)
        let unset = #expect(throws: CgroupError.self) { try SystemdManager.user(runtimeDirectory: nil).facts() }
        #expect(unset?.hint?.contains("XDG_RUNTIME_DIR") == true)
    }
}
