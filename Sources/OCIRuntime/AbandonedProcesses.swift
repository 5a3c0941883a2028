// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import Synchronization

/// Children whose ``Container`` or ``ExecProcess`` went away while they ran: nobody waits for them any more.
///
/// They are reaped when a container is made or deleted, so that none stays as a zombie for long and no thread is needed
/// for it.
final class AbandonedProcesses: Sendable {
    static let shared = AbandonedProcesses()

    private let processes = Mutex<[SharedDescriptor]>([])

    /// Takes over the duty to reap a child.
    func add(_ process: borrowing ProcessHandle) {
        // At the limit of open files it becomes a zombie, which ends with this process.
        guard let shared = try? SharedDescriptor(process.descriptor.duplicate()) else { return }
        processes.withLock { $0.append(shared) }
    }

    /// Reaps those that have ended.
    func reap() {
        processes.withLock { processes in
            processes.removeAll { shared in
                guard let descriptor = try? shared.descriptor.duplicate() else { return false }
                let process = ProcessHandle(takingOver: descriptor, processID: 0)
                guard (try? process.hasEnded()) == true else { return false }
                _ = try? process.reap()
                return true
            }
        }
    }
}

extension ProcessHandle {
    /// Reaps a child that nobody waits for any more, now or once it has ended.
    borrowing func letGo() {
        if (try? hasEnded()) == true { _ = try? reap() } else { AbandonedProcesses.shared.add(self) }
    }
}
