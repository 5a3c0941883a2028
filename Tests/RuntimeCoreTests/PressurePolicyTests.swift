// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import RuntimeCore
import TestSupport
import Testing

@Suite("A policy for pressure") struct PressurePolicyTests {
    /// What it decides, look after look.
    private func decisions(_ policy: PressurePolicy, _ stalls: [Double], limit: UInt64? = nil) -> [PressurePolicy
        .Action?]
    {
        var (policy, limit) = (policy, limit)
        return stalls.map { stalled in
            let action = policy.decide(PressurePolicy.Look(stalled: stalled, usage: 1000, limit: limit))
            if case .grow(let bytes) = action { limit = bytes }
            return action
        }
    }

    private var impatient: PressurePolicy {
        var policy = PressurePolicy()
        policy.patience = 1
        return policy
    }

    @Test("does nothing without pressure, and has patience") func patience() {
        #expect(decisions(PressurePolicy(), [0, 20, 19, 0]) == [nil, nil, nil, nil])
        #expect(decisions(PressurePolicy(), [30, 30, 30, 30]) == [nil, nil, .reclaim(100), nil])
        #expect(decisions(PressurePolicy(), [30, 30, 0, 30, 30, 30]) == [nil, nil, nil, nil, nil, .reclaim(100)])
    }

    @Test("keeps to what it thought between the two bounds") func hysteresis() {
        var policy = impatient
        policy.mayFreeze = true
        policy.frozenLooks = 1
        #expect(decisions(policy, [10, 10]) == [nil, nil])
        #expect(decisions(policy, [30, 10, 0]) == [.reclaim(100), .freeze, .thaw])
        #expect(decisions(policy, [30, 5, 10, 30]) == [.reclaim(100), nil, nil, .reclaim(100)])
    }

    @Test("climbs: more memory up to the ceiling, reclaims, freezes for a while, kills") func ladder() {
        var policy = impatient
        policy.ceiling = 1500
        policy.mayFreeze = true
        policy.frozenLooks = 2
        policy.mayKill = true
        #expect(
            decisions(policy, [30, 30, 30, 30, 99, 99, 99], limit: 1000)
                == [.grow(to: 1250), .grow(to: 1500), .reclaim(100), .freeze, nil, .thaw, .kill]
        )
    }

    @Test("takes only the rungs that are allowed, and begins anew when it has taken all") func allowed() {
        var policy = impatient
        policy.reclaimedShare = 0
        #expect(decisions(policy, [30, 30, 30]) == [nil, nil, nil])
        policy.mayKill = true
        #expect(decisions(policy, [30]) == [.kill])
        #expect(decisions(impatient, [30, 30, 30]) == [.reclaim(100), nil, .reclaim(100)])
    }

    @Test("grows by at least a byte, and never beyond the ceiling") func growth() {
        var policy = impatient
        policy.growth = 0.5
        policy.ceiling = 1002
        #expect(decisions(policy, [30, 30, 30], limit: 1000) == [.grow(to: 1001), .grow(to: 1002), .reclaim(100)])
        policy.growth = 1e300
        #expect(decisions(policy, [30], limit: 1000) == [.grow(to: 1002)])
    }

    @Test(
        "is kept to until the container ends, or refused where the kernel counts no pressure",
        .requires(.root, .overlay, .busybox)
    )
    func keeping() async throws {
        let test = try TestStore()
        try await withContainer("test", ["/bin/sleep", "1"], in: test.store) { container in
            let isCounted = try container.statistics().memoryPressure != nil
            do {
                try await container.keep(PressurePolicy(), every: .milliseconds(10))
                #expect(isCounted)
                #expect(try await container.wait() == .exited(0))
            } catch let error as ContainerStoreError {
                #expect(error.code == .unsupported && !isCounted, "\(error)")
            }
        }
        #expect(try test.leftovers() == [])
    }

    @Test("leaves out what this kernel cannot do: reclaiming", .requires(.root, .overlay, .busybox, .cgroup1))
    func withoutReclaiming() async throws {
        let test = try TestStore()
        var policy = PressurePolicy()
        (policy.upper, policy.lower, policy.patience, policy.mayKill) = (-1, -2, 1, true)
        let chosen = policy
        let reason = try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            guard try container.statistics().memoryPressure != nil else {
                return ExitReason.signaled(9, coreDumped: false)
            }
            var actions: [PressurePolicy.Action] = []
            try await container.keep(chosen, every: .milliseconds(10)) { actions.append($0) }
            #expect(actions == [.kill])
            return try await container.wait()
        }
        #expect(reason == .signaled(9, coreDumped: false))
    }

    @Test("is done: limits, stops and kills", .requires(.root, .overlay, .busybox)) func applying() async throws {
        let test = try TestStore()
        let reason = try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) {
            $0.limits.memory = 16 << 20
        } _: { container in
            try container.apply(.grow(to: 32 << 20))
            #expect(try container.statistics().memory?.limit == .value(32 << 20))
            try container.apply(.freeze)
            #expect(try container.container.state().status == .paused)
            try container.apply(.thaw)
            try container.apply(.kill)
            return try await container.wait()
        }
        #expect(reason == .signaled(9, coreDumped: false))
    }

    @Test("reclaims a container's cached files", .requires(.root, .overlay, .busybox, .cgroup2))
    func reclaiming() async throws {
        let test = try TestStore()
        try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            _ = try await container.run([
                "/bin/busybox", "dd", "if=/dev/zero", "of=/file", "bs=1M", "count=8",
            ])
            let before = try #require(try container.statistics().memory?.current)
            try container.apply(.reclaim(4 << 20))
            let after = try #require(try container.statistics().memory?.current)
            #expect(after < before)
        }
    }
}
