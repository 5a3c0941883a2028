// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LaunchPlan
package import LinuxSystem
internal import SystemPackage

/// A process that waits for its start, or runs.
package struct LaunchedProcess: ~Copyable, Sendable {
    /// The process.
    package let process: ProcessHandle
    /// The connection to its init, until the program runs.
    let control: MessageSocket
    /// The host's side of its terminal, if it has one.
    package var terminal: OwnedFileDescriptor?
    /// The listener of its seccomp filter, if it has one.
    package var seccompListener: OwnedFileDescriptor?
    let plan: [HostInstruction]
    let spawnedAt: Int64
    var times: [UInt64]

    /// Starts the program.
    ///
    /// Returns when the program runs.
    ///
    /// - Throws: ``NamespaceError`` when it cannot be executed; the process is gone then, but not reaped.
    package mutating func start() throws(NamespaceError) {
        do throws(SystemCallError) { try control.send([1]) } catch {
            throw NamespaceError(
                .ended,
                step: "start the container: its init is gone",
                cause: error,
                hint: "it was killed while it waited for the start"
            )
        }
        times += try StartConversation.follow(control, plan: plan)
    }

    /// Tells an init that is started over a socket that its container is on record. From then on it outlives us.
    package func confirm() throws(NamespaceError) {
        do throws(SystemCallError) { try control.send([1]) } catch {
            throw NamespaceError(.ended, step: "confirm the container: its init is gone", cause: error)
        }
    }

    /// Keeps the times of the steps, which arrive with the start.
    package mutating func note(times: [UInt64]) { self.times = times }

    /// How long each step took, in nanoseconds; empty unless recording was asked for.
    package var stepTimes: [StepTime] {
        guard let first = times.first else { return [] }
        let spawned = UInt64(bitPattern: spawnedAt)
        var steps = [StepTime(step: "clone3 and execve of the init", begin: spawned, nanoseconds: first &- spawned)]
        for (index, pair) in zip(times, times.dropFirst()).enumerated() where index < plan.count {
            steps.append(StepTime(step: plan[index].description, begin: pair.0, nanoseconds: pair.1 &- pair.0))
        }
        return steps
    }
}

/// The time that one step of a launch took.
public struct StepTime: Hashable, Sendable {
    /// The step in words.
    public let step: String
    /// When it began: nanoseconds of the clock `CLOCK_MONOTONIC`.
    public let begin: UInt64
    /// Its duration in nanoseconds.
    public let nanoseconds: UInt64
}

/// What happens between the word to start and the program's first instruction.
package enum StartConversation {
    /// Follows the init's reports to the end of the stream, which means that the program runs.
    ///
    /// - Parameters:
    ///   - control: The connection to the init.
    ///   - plan: The init's plan, if it is known here.
    ///   - label: The label that the program gets, for errors of those who do not have the plan.
    /// - Returns: The recorded times, if the init sent any.
    /// - Throws: ``NamespaceError``: why the program does not run.
    package static func follow(
        _ control: borrowing MessageSocket,
        plan: [HostInstruction],
        label: @autoclosure () -> String? = nil
    ) throws(NamespaceError) -> [UInt64] {
        var times: [UInt64] = []
        var executing = false
        while true {
            var message: MessageSocket.Message
            do throws(SystemCallError) { message = try control.receive() } catch {
                throw NamespaceError("talk to the container's init", error)
            }
            guard let report = Report(message: message.bytes[...]) else {
                if executing { return times }
                throw NamespaceError(
                    .ended,
                    step: "the container's init ended before it executed the program",
                    hint: "it may have been killed from outside or for lack of memory"
                )
            }
            switch report.kind {
            case .failed:
                throw Launcher.failure(
                    report,
                    in: plan,
                    label: label(),
                    message.bytes,
                    printed: message.descriptor.take()
                )
            case .executing: executing = true
            case .times: times = Launcher.times(of: message.bytes)
            case .reached, .ready, .child, .terminal, .seccompListener, .prepared: break
            }
        }
    }
}
