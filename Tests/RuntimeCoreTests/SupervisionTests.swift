// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import RuntimeCore
import TestSupport
import Testing

@Suite("A supervision") struct SupervisionTests {
    private func delay(
        _ restart: Supervision.Restart,
        status: Int,
        restarts: Int = 0,
        failures: Int = 1,
        limit: Int? = nil
    ) -> Duration? {
        var supervision = Supervision()
        supervision.restart = restart
        supervision.maximumRetries = limit
        return supervision.delay(afterStatus: status, restarts: restarts, failures: failures)
    }

    @Test("starts a container again as its policy says")
    func policies() {
        for status in [0, 1] {
            #expect(delay(.no, status: status) == nil)
            #expect(delay(.always, status: status) != nil)
            #expect(delay(.unlessStopped, status: status) != nil)
        }
        #expect(delay(.onFailure, status: 0) == nil)
        #expect(delay(.onFailure, status: 137, restarts: 1000) != nil)
        #expect(delay(.onFailure, status: 1, restarts: 1, limit: 2) != nil)
        #expect(delay(.onFailure, status: 1, restarts: 2, limit: 2) == nil)
        #expect(delay(.onFailure, status: 1, restarts: 0, limit: 0) == nil)
    }

    @Test("waits twice as long after each end, up to a minute")
    func delays() {
        let times = [1, 2, 3, 10, 11, 1_000_000].map { delay(.always, status: 1, failures: $0) }
        #expect(
            times == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(51_200)] + [
                .seconds(60), .seconds(60),
            ]
        )
    }

    @Test("calls a container unhealthy after failures in a row, and healthy after one success")
    func health() throws {
        var check = HealthCheck(["true"])
        check.retries = 2
        check.startPeriod = 1000
        var health = Health()
        func note(_ status: Int, at age: Int = 5000) {
            health.note(exitStatus: status, output: "", age: age, by: check)
        }
        note(1, at: 10)
        note(1, at: 20)
        note(1, at: 30)
        #expect(health.status == .starting && health.failures == 0)
        note(1, at: 1000)
        #expect(health.status == .starting)
        note(-1)
        #expect(health.status == .unhealthy)
        note(0)
        #expect(health.status == .healthy && health.failures == 0)
        // One success ends the time in which failures do not count.
        note(1, at: 40)
        #expect(health.status == .healthy && health.failures == 1)
        note(1, at: 50)
        #expect(health.status == .unhealthy)
        #expect(try Health(json: health.json()) == health)
    }

    @Test("is noted with its container, and changed", .requires(.root, .overlay, .busybox))
    func noted() throws {
        let test = try TestStore()
        var options = ContainerOptions()
        var supervision = Supervision()
        supervision.restart = .onFailure
        supervision.maximumRetries = 3
        supervision.health = HealthCheck(["/bin/true"])
        options.supervision = supervision
        let stored = try test.store.create("test", options: options)
        defer { try? stored.remove(force: true) }
        #expect(try test.store.container(stored.id).metadata.supervision == supervision)
        supervision.restart = .always
        try stored.update(supervision)
        #expect(try test.store.container(stored.id).metadata.supervision == supervision)
    }
}
