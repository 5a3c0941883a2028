// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import CgroupKit
public import LinuxSystem

/// Why a container ended.
public enum ExitReason: Hashable, Sendable {
    /// Its process exited with this status, 0 to 255.
    case exited(Int32)
    /// A signal ended its process.
    case signaled(Int32, coreDumped: Bool)
    /// The kernel ended it because its memory limit was met.
    case outOfMemory
    /// It was killed because its time was up.
    case timedOut
    /// It was killed because its time of processors was used up.
    case processorTimeExceeded
    /// It was killed because it wrote more than was to be captured.
    case outputLimitExceeded

    /// What a process's end and the counters of its control group say.
    public init(_ exit: ProcessExit, statistics: CgroupStatistics?) {
        switch exit.reason {
        case .exited(let status): self = .exited(status)
        case .signaled(let signal, let coreDumped):
            let kills = statistics?.memory?.events.oomKills ?? 0
            self = signal == 9 && kills > 0 ? .outOfMemory : .signaled(signal, coreDumped: coreDumped)
        }
    }

    /// Whether the process exited with status 0.
    public var isSuccess: Bool { self == .exited(0) }

    /// The status as shells have it: the process's own, or 128 and the signal's number.
    public var statusCode: Int32 {
        switch self {
        case .exited(let status): status
        case .signaled(let signal, _): 128 + signal
        case .outOfMemory, .timedOut, .processorTimeExceeded, .outputLimitExceeded: 128 + 9
        }
    }
}

extension ExitReason: CustomStringConvertible {
    /// In words, for example `exited with status 1`.
    public var description: String {
        switch self {
        case .exited(let status): "exited with status \(status)"
        case .signaled(let signal, let coreDumped): "ended by signal \(signal)" + (coreDumped ? ", core dumped" : "")
        case .outOfMemory: "killed: out of memory"
        case .timedOut: "killed: timed out"
        case .processorTimeExceeded: "killed: processor time used up"
        case .outputLimitExceeded: "killed: too much output"
        }
    }
}
