// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import LinuxSystem
import OCIRuntime
import OCISpec
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Ids under fire") struct FireTests {
    /// 32 workers on 4 ids: for a moment, and for five minutes with `make churn`.
    @Test(
        "are to every one of many callers as if callers came one after the other",
        .rows("F-15"),
        .requires(.root, .busybox),
        .endsIfStuck
    )
    func model() async {
        // Of its own, since it creates and waits on threads, and dies with what it made.
        await #expect(processExitsWith: .success) {
            let bundle = try TestBundle(script: "exec /bin/busybox sleep 1000")
            let seconds = Churn.isWhole ? 300.0 : 3
            let end = Date().addingTimeInterval(seconds)
            let ids = (0..<4).map { _ in Fire(bundle, TestBundle.newID()) }
            let group = DispatchGroup()
            for worker in 0..<32 {
                group.enter()
                Thread.detachNewThread {
                    // One that added a process to a frozen container waits for another to thaw it.
                    ids[worker % 4].burn(until: end, addsProcesses: worker < 16)
                    group.leave()
                }
            }
            while group.wait(timeout: .now() + 0.05) == .timedOut {
                if Date() > end { for id in ids { id.thaw() } }
            }
            for id in ids {
                id.finish()
                for fault in id.faults() { Issue.record("\(fault)") }
            }
            #expect(try bundle.directory.open().directory("state").entries().isEmpty)
            Churn.report("\(ids.map(\.count).reduce(0, +)) calls on 4 ids in \(Int(seconds)) s")
        }
    }

    /// Histories that a wrong runtime would leave.
    @Test(
        "are not, by the model",
        arguments: [
            // Two creations, and nobody removed the first.
            [.began(call: 0, .create, .done), .answered(call: 0), .began(call: 1, .create, .done), .answered(call: 1)],
            // A creation that failed though there was nothing.
            [.began(call: 0, .create, .refused(.alreadyExists)), .answered(call: 0)],
            // One that was seen to have ended while it was only complete.
            [
                .began(call: 0, .create, .done), .began(call: 1, .state, .status(.stopped)), .answered(call: 1),
                .answered(call: 0),
            ],
            // One that was started twice.
            [
                .began(call: 0, .create, .done), .answered(call: 0), .began(call: 1, .start, .done),
                .began(call: 2, .start, .done), .answered(call: 2), .answered(call: 1),
            ],
            // One that was there again after its removal.
            [
                .began(call: 0, .create, .done), .answered(call: 0), .began(call: 1, .forcedDelete, .done),
                .answered(call: 1), .began(call: 2, .state, .status(.created)), .answered(call: 2),
            ],
            // An error of a call.
            [.began(call: 0, .pause, .refused(.systemCall)), .answered(call: 0)],
        ] as [[History.Event]]
    )
    func wrong(events: [History.Event]) {
        var history = History()
        #expect(!events.compactMap { history.take($0) }.isEmpty)
    }

    @Test("are, when a creation and what sees it overlap") func right() {
        let events: [History.Event] = [
            .began(call: 0, .create, .done), .began(call: 1, .create, .refused(.alreadyExists)),
            .began(call: 2, .state, .status(.creating)), .answered(call: 2), .answered(call: 1), .answered(call: 0),
            .began(call: 3, .kill, .done), .answered(call: 3), .began(call: 4, .start, .refused(.launchFailed)),
            .began(call: 5, .delete, .done), .answered(call: 5), .answered(call: 4),
            .began(call: 6, .state, .refused(.notFound)), .answered(call: 6),
        ]
        var history = History()
        #expect(events.compactMap { history.take($0) } == [])
        #expect(history.mayEndEmpty)
    }
}

/// One id that many threads use at once, and what they saw.
private final class Fire: Sendable {
    private struct Record {
        var calls: [(operation: Operation, answer: Answer?)] = []
        /// Calls by their numbers: those that begin, and those that are answered.
        var order: [(call: Int, isAnswer: Bool)] = []
    }

    private let id: String
    private let runtime: Runtime
    private let configuration: RuntimeConfiguration
    private let bundle: FilePath
    private let record = Mutex(Record())

    init(_ bundle: TestBundle, _ id: String) {
        self.id = id
        runtime = bundle.runtime
        configuration = bundle.configuration
        self.bundle = bundle.directory.path
    }

    /// How many calls were made.
    var count: Int { record.withLock { $0.calls.count } }

    /// Makes calls of all kinds.
    func burn(until end: Date, addsProcesses: Bool) {
        while Date() < end {
            let operation = Operation.allCases.randomElement() ?? .state
            if operation == .exec && !addsProcesses { continue }
            note(operation)
            usleep(.random(in: 0..<4000))
        }
    }

    /// Lets those go on that wait in a frozen container.
    func thaw() { note(.resume) }

    /// Removes what is left.
    func finish() { note(.forcedDelete) }

    private func note(_ operation: Operation) {
        let call = record.withLock { record in
            record.calls.append((operation, nil))
            record.order.append((record.calls.count - 1, false))
            return record.calls.count - 1
        }
        let answer = answer(operation)
        record.withLock { record in
            record.calls[call].answer = answer
            record.order.append((call, true))
        }
    }

    private func answer(_ operation: Operation) -> Answer {
        do throws(RuntimeError) {
            switch operation {
            case .create: _ = try runtime.create(id, configuration: configuration, bundle: bundle)
            case .start: try runtime.container(id).start()
            case .kill: try runtime.container(id).kill(signal: SIGKILL)
            case .pause: try runtime.container(id).pause()
            case .resume: try runtime.container(id).resume()
            case .state: return .status(try runtime.container(id).state().status)
            case .delete: try runtime.container(id).delete()
            case .forcedDelete: try runtime.container(id).delete(force: true)
            case .exec:
                var process = configuration.process ?? RuntimeConfiguration.Process(cwd: "/")
                process.args = ["/bin/busybox", "true"]
                _ = try runtime.container(id).exec(process).waitBlocking()
            }
            return .done
        } catch {
            if ![.notFound, .alreadyExists, .wrongState].contains(error.code) {
                last.withLock { $0[error.code] = "\(error)" }
            }
            return .refused(error.code)
        }
    }

    private let last = Mutex<[RuntimeError.Code: String]>([:])

    /// What no order of the calls explains: the first of it, and the words of rare errors.
    func faults() -> [String] {
        let record = record.withLock { $0 }
        var history = History()
        for event in record.order {
            let call = record.calls[event.call]
            let fault = history.take(
                event.isAnswer
                    ? .answered(call: event.call)
                    : .began(call: event.call, call.operation, call.answer ?? .done)
            )
            if let fault {
                return ["call \(event.call) of \(record.calls.count): \(fault)", "\(last.withLock { $0 })"]
            }
        }
        return history.mayEndEmpty ? [] : ["after the last removal there is a container"]
    }
}
