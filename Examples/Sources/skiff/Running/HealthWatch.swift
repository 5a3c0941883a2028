// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// Looks again and again whether a container is well, and notes it.
struct HealthWatch: Sendable {
    let container: StoredContainer
    let check: HealthCheck
    /// How often the container has been started again.
    let restarts: Int

    /// Begins to look after a container whose supervision asks for it.
    static func begin(_ container: StoredContainer) -> Task<Void, Never>? {
        container.metadata.supervision?.health.map { check in
            let restarts = SupervisorRecord.read(container).restarts
            return Task.detached { await HealthWatch(container: container, check: check, restarts: restarts).run() }
        }
    }

    /// Goes on until the task is cancelled or the container has ended.
    func run() async {
        let start = ContinuousClock.now
        var record = SupervisorRecord()
        record.restarts = restarts
        var health = Health()
        record.health = health
        record.write(container)
        while (try? await Task.sleep(for: .milliseconds(check.interval))) != nil {
            let (status, output) = await look()
            if Task.isCancelled { return }
            let age = (ContinuousClock.now - start) / .milliseconds(1)
            health.note(exitStatus: status, output: output, age: Int(age), by: check)
            record.health = health
            record.write(container)
        }
    }

    /// One look: the exit status, -1 for one that took too long or could not begin, and the output.
    private func look() async -> (Int, String) {
        let file = container.bundle.appending("health.log")
        var request = ExecRequest(check.command)
        do {
            let output = try FileDescriptor.open(
                file,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec, .noFollow, .append],
                permissions: .ownerReadWrite
            )
            let stream = SharedDescriptor(OwnedFileDescriptor(takingOver: output.rawValue))
            request.options.input = try Streams.null(.readOnly)
            request.options.output = stream
            request.options.errors = stream
            let process = try container.exec(request)
            let timer = Task {
                try await Task.sleep(for: .milliseconds(check.timeout))
                try process.kill(signal: SIGKILL)
                return true
            }
            let exit = try await process.wait()
            timer.cancel()
            let wasLate = (try? await timer.value) ?? false
            let text = String(decoding: (try? HostPath.read(file.string)) ?? [], as: UTF8.self)
            if wasLate { return (-1, "took longer than \(check.timeout) ms") }
            return (Int(ExitReason(exit, statistics: nil).statusCode), text)
        } catch {
            return (-1, "\(error)")
        }
    }
}
