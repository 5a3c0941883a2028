// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import NamespaceKit
internal import Synchronization

/// Notes what a launch does and when, for whoever wants to see it: ``CreateOptions/recorder``.
///
/// A launch without a recorder measures nothing.
public final class PhaseRecorder: Sendable {
    private let noted = Mutex<[LaunchTimeline.Phase]>([])

    /// A recorder that has noted nothing yet.
    public init() {}

    /// Does something on the host, and notes when.
    ///
    /// - Parameters:
    ///   - name: What is done, in words.
    ///   - body: Does it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; the time until then is noted.
    public func measure<Value: ~Copyable, Failure: Error>(
        _ name: String,
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let begin = begin()
        defer { note(name, since: begin) }
        return try body()
    }

    /// The time at which something begins that cannot be done in a closure, for ``note(_:since:)``.
    func begin() -> UInt64 { UInt64(bitPattern: clinux_monotonic_nanoseconds()) }

    /// Notes something that ends now.
    func note(_ name: String, since begin: UInt64) {
        let phase = LaunchTimeline.Phase(.host, name, begin: begin, duration: self.begin() - begin)
        noted.withLock { $0.append(phase) }
    }

    /// What was noted so far, and the steps of the container's init.
    ///
    /// - Parameter container: The container that was launched with this recorder, in the process that launched it. Its last
    ///   steps are known after its start.
    /// - Returns: Everything on one clock.
    public func timeline(of container: Container) -> LaunchTimeline {
        let steps = container.stepTimes.map { step in
            LaunchTimeline.Phase(.container, step.step, begin: step.begin, duration: step.nanoseconds)
        }
        return LaunchTimeline(noted.withLock { $0 } + steps)
    }
}

extension PhaseRecorder? {
    /// Does something, and notes when if there is a recorder.
    package func measure<Value: ~Copyable, Failure: Error>(
        _ name: @autoclosure () -> String,
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard let self else { return try body() }
        return try self.measure(name(), body)
    }
}
