// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import CgroupKit
internal import LinuxSystem

/// What a container that ran to its end has left.
public struct ContainerResult: Hashable, Sendable {
    /// Why it ended.
    public let exit: ExitReason
    /// What it wrote to standard output, where that was captured.
    public let standardOutput: [UInt8]
    /// What it wrote to standard error, where that was captured.
    public let standardError: [UInt8]
    /// What it used.
    public let usage: ContainerUsage

    /// Standard output as text; bytes that are no UTF-8 become replacement characters.
    public var output: String { String(decoding: standardOutput, as: UTF8.self) }
    /// Standard error as text; bytes that are no UTF-8 become replacement characters.
    public var errors: String { String(decoding: standardError, as: UTF8.self) }
}

/// What a container used from start to end.
public struct ContainerUsage: Hashable, Sendable {
    /// From the word to start to the end of the process.
    public let duration: Duration
    /// CPU time in user mode of the process and its children that were waited for.
    public let userTime: Duration
    /// CPU time in the kernel, likewise.
    public let systemTime: Duration
    /// The largest resident set of any one process, in bytes.
    public let largestProcess: UInt64
    /// What the kernel counted for the control group; `nil` without one.
    public let statistics: CgroupStatistics?

    /// The most memory that was used at one time, in bytes, where the kernel says so.
    public var peakMemory: UInt64? { statistics?.memory?.peak }
}

extension ContainerUsage {
    init(_ exit: ProcessExit, duration: Duration, statistics: CgroupStatistics?) {
        self.init(
            duration: duration,
            userTime: .microseconds(exit.userMicroseconds),
            systemTime: .microseconds(exit.systemMicroseconds),
            largestProcess: UInt64(clamping: exit.maximumResidentKiB) << 10,
            statistics: statistics
        )
    }
}
