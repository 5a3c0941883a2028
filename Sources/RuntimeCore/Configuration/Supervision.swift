// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What whoever stays with a kept container is to do: start it again, look whether it is well.
///
/// The library notes it, and decides; it starts nothing by itself. `skiff` has a process for each detached container that
/// does what is said here.
public struct Supervision: JSONRecord, Hashable, Sendable {
    /// When a container that has ended is started again.
    public enum Restart: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Never.
        case no
        /// When its status is not 0.
        case onFailure = "on-failure"
        /// Whenever it was not stopped.
        case always
        /// Whenever it was not stopped. Without a daemon nobody starts containers after a reboot: the same as ``always``.
        case unlessStopped = "unless-stopped"
    }

    /// When it is started again.
    public var restart = Restart.no
    /// How often at most with ``Restart/onFailure``; `nil` is without end.
    public var maximumRetries: Int?
    /// How one looks whether it is well; `nil` is not at all.
    public var health: HealthCheck?

    /// The longest time between an end and the next start.
    public static let longestDelay = Duration.seconds(60)
    /// A container that ran for so long has begun well: the time until the next start is the shortest again.
    public static let settlingTime = Duration.seconds(10)

    /// Nothing is to be done.
    public init() {}

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("restart", &restart)
        try fields.optional("maximumRetries", &maximumRetries)
        try fields.optional("health", &health)
    }

    /// How long to wait before the next start.
    ///
    /// - Parameters:
    ///   - status: How the container ended, as shells have it.
    ///   - restarts: How often it was started again so far.
    ///   - failures: How often it has ended before ``settlingTime``, one after the other, this end included.
    /// - Returns: 100 ms, doubled with each such end up to ``longestDelay``; `nil` when it is not started again.
    public func delay(afterStatus status: Int, restarts: Int, failures: Int) -> Duration? {
        switch restart {
        case .no: return nil
        case .onFailure:
            guard status != 0, maximumRetries.map({ restarts < $0 }) ?? true else { return nil }
        case .always, .unlessStopped: break
        }
        let doublings = min(max(failures - 1, 0), 10)
        return min(.milliseconds(100 << doublings), Self.longestDelay)
    }
}

/// How one looks whether a container is well: a program that runs in it and exits with status 0.
public struct HealthCheck: JSONRecord, Hashable, Sendable {
    /// The program and its arguments.
    public var command: [String]
    /// Milliseconds from the start, or the end of one look, to the next look.
    public var interval = 30_000
    /// Milliseconds after which a look has failed.
    public var timeout = 30_000
    /// Milliseconds from the start in which failures do not count, unless one look has succeeded.
    public var startPeriod = 0
    /// How many failures in a row make the container unhealthy.
    public var retries = 3

    /// A check.
    ///
    /// - Parameter command: The program and its arguments.
    public init(_ command: [String]) { self.command = command }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init([])
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("command", &command)
        try fields.required("interval", &interval)
        try fields.required("timeout", &timeout)
        try fields.required("startPeriod", &startPeriod)
        try fields.required("retries", &retries)
    }
}

/// How well a container is, look after look.
public struct Health: JSONRecord, Hashable, Sendable {
    /// In one word.
    public enum Status: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// It is not known yet.
        case starting
        /// The last look succeeded, or not enough have failed since.
        case healthy
        /// Too many looks in a row have failed.
        case unhealthy
    }

    /// How well it is.
    public private(set) var status = Status.starting
    /// How many looks in a row have failed.
    public private(set) var failures = 0
    /// The exit status of the last look; -1 for one that took too long or could not be started.
    public private(set) var lastStatus: Int?
    /// What the last look has written, its end only.
    public private(set) var lastOutput: String?

    /// Nobody has looked yet.
    public init() {}

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("status", &status)
        try fields.required("failures", &failures)
        try fields.optional("lastStatus", &lastStatus)
        try fields.optional("lastOutput", &lastOutput)
    }

    /// Takes note of a look.
    ///
    /// - Parameters:
    ///   - exitStatus: The program's; -1 for one that took too long or could not be started.
    ///   - output: What it wrote.
    ///   - age: Milliseconds since the container's start.
    ///   - check: How one looks.
    public mutating func note(exitStatus: Int, output: String, age: Int, by check: HealthCheck) {
        lastStatus = exitStatus
        lastOutput = String(output.suffix(4096))
        if exitStatus == 0 {
            (status, failures) = (.healthy, 0)
        } else if status != .starting || age >= check.startPeriod {
            failures += 1
            if failures >= check.retries { status = .unhealthy }
        }
    }
}
