// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Kills every process in the group and below it with `SIGKILL`, and waits until none is left.
    ///
    /// Uses `cgroup.kill` (kernel 5.14) where all members are in version 2. Otherwise, and for what is left, the group
    /// is frozen so that nothing can fork, every member gets the signal through a pidfd, and the group is thawed.
    /// Blocks the calling thread for at most about `timeout`. Ended children must be reaped by their parent; a process
    /// that was not reaped counts as gone.
    ///
    /// - Throws: ``CgroupError``: `timedOut` when processes are left. The group is thawed in every case.
    public func kill(timeout: Duration = .seconds(10)) throws(CgroupError) {
        var deadline = Deadline(after: timeout)
        if let unified, try unified.has("cgroup.kill") {
            try unified.write("cgroup.kill", "1", step: "kill cgroup")
            // A group that was frozen stays so in version 1, where frozen processes do not even die.
            if let freezer = Freezer(self), try freezer.state() != .thawed { try freezer.request(frozen: false) }
            if layout.kind == .unified {
                try waitUntilEmpty(&deadline)
                return
            }
        }
        while try !processIDs.isEmpty {
            try signalFrozenMembers()
            if try processIDs.isEmpty { return }
            if !deadline.wait() { throw membersLeft() }
        }
    }

    private func waitUntilEmpty(_ deadline: inout Deadline) throws(CgroupError) {
        while try !processIDs.isEmpty {
            if !deadline.wait() { throw membersLeft() }
        }
    }

    /// One round: freeze if that succeeds quickly, signal all members, thaw.
    private func signalFrozenMembers() throws(CgroupError) {
        let freezer = Freezer(self)
        // A group that does not freeze is signalled running; the caller's loop catches what forked.
        try? freezer?.request(frozen: true)
        let outcome: Result<Void, CgroupError>
        do throws(CgroupError) {
            for processID in try processIDs { try kill(processID) }
            outcome = .success(())
        } catch { outcome = .failure(error) }
        try freezer?.request(frozen: false)
        try outcome.get()
    }

    /// Signals through a pidfd whose process was a member after it was opened: the number may have been used again
    /// since the list was read, and then another process must not be hit.
    private func kill(_ processID: Int32) throws(CgroupError) {
        do throws(SystemCallError) {
            let handle = OwnedFileDescriptor(
                takingOver: try systemCall("pidfd_open") { clinux_pidfd_open(processID, 0) }
            )
            guard isMember(processID) else { return }
            let number = handle.rawValue
            try systemCall("pidfd_send_signal") { clinux_pidfd_send_signal(number, CLINUX_SIGKILL) }
        } catch {
            if error.errno == .noSuchProcess { return }
            throw CgroupError("kill process \(processID)", path: nil, cause: error)
        }
    }

    private func isMember(_ processID: Int32) -> Bool {
        // A process that cannot be looked at has ended.
        guard let memberships = try? layout.memberships(of: "\(processID)") else { return false }
        return directories.contains { directory in
            let group = directory.hierarchy.shownPath(of: path)
            return memberships.contains { directory.hierarchy.matches($0) && $0.path.starts(with: group) }
        }
    }

    private func membersLeft() -> CgroupError {
        let left = (try? processIDs) ?? []  // for the message only
        return CgroupError(
            .timedOut,
            "kill cgroup",
            path: directories.first?.path,
            hint: "\(left.count) process(es) did not end: \(left.prefix(5).map(String.init).joined(separator: ", "))"
        )
    }
}
