// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import CgroupKit
internal import LinuxSystem

extension Container {
    /// Watches the container's control group, until the container's process ends; see `CgroupKit`.
    ///
    /// - Parameter pressure: When to tell of tasks that lose time; version 2 only.
    /// - Returns: The events. Watching has begun when this returns.
    /// - Throws: ``RuntimeError``: `notFound`; `wrongState` when the container has ended; `cgroupFailed` when it has no
    ///   control group, or the kernel refuses a trigger.
    public func events(pressure: [PressureTrigger] = []) throws(RuntimeError) -> CgroupEvents {
        let stored = try snapshot(try openState())
        guard let handle = try handle(of: stored) else {
            throw RuntimeError(.wrongState, "container not running", container: id)
        }
        guard let group = try cgroup(of: stored) else {
            throw RuntimeError(.cgroupFailed, "the container has no control group", container: id)
        }
        do throws(CgroupError) {
            return try group.events(pressure: pressure, endingWith: try duplicate(handle))
        } catch { throw RuntimeError(error, container: id) }
    }

    /// Takes memory from the container that its processes can do without.
    ///
    /// - Parameter bytes: How much.
    /// - Returns: Whether all of it could be taken; else less was.
    /// - Throws: ``RuntimeError``: `notFound`, `cgroupFailed` when it has no group, `unsupported` without a version 2 memory
    ///   controller or before Linux 5.19.
    @discardableResult
    public func reclaimMemory(_ bytes: UInt64) throws(RuntimeError) -> Bool {
        guard let group = try cgroup(of: try snapshot(try openState())) else {
            throw RuntimeError(.cgroupFailed, "the container has no control group", container: id)
        }
        do throws(CgroupError) { return try group.reclaimMemory(bytes) } catch {
            if error.code == .unsupported { throw RuntimeError(.unsupported, "\(error)", container: id) }
            throw RuntimeError(error, container: id)
        }
    }

    private func duplicate(_ handle: borrowing ProcessHandle) throws(CgroupError) -> OwnedFileDescriptor {
        do throws(SystemCallError) { return try handle.descriptor.duplicate() } catch {
            throw CgroupError(.systemCall, "watch the container's process", cause: error)
        }
    }
}
