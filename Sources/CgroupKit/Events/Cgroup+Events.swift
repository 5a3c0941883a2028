// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Watches the group: memory that ran out, pressure, freezing, and the end of its last process.
    ///
    /// Watching begins with this call: what happens before the first event is asked for is not lost. Version 1 tells of
    /// memory only; in a hybrid layout the version 2 group tells of the members, too.
    ///
    /// - Parameter pressure: When to tell of tasks that lose time; version 2 only.
    /// - Returns: The events, an asynchronous sequence that ends with ``CgroupEvent/emptied`` or when the group is removed.
    /// - Throws: ``CgroupError``: `unsupported` for pressure without a version 2 group or with PSI switched off
    ///   (`psi=1` on the kernel's command line switches it on), `invalidLimit` for a trigger that the kernel refuses,
    ///   `notDelegated`, `systemCall`. Nothing is left behind.
    /// - Note: Needs to read the group's files; on version 1, and for pressure, to write them. Kernel 5.2 for pressure.
    /// - SeeAlso: cgroup-v2.rst, "memory.events", "cgroup.events"; cgroup-v1/memory.rst, "OOM Control".
    public func events(pressure: [PressureTrigger] = []) throws(CgroupError) -> CgroupEvents {
        try events(pressure: pressure, endingWith: nil)
    }

    /// Like ``events(pressure:)``; the events also end with the process behind the pidfd `process`.
    package func events(
        pressure: [PressureTrigger] = [],
        endingWith process: consuming OwnedFileDescriptor?
    ) throws(CgroupError) -> CgroupEvents {
        var sources: [EventSource] = []
        if let directory = legacy(.memory) {
            sources.append(try Self.legacyMemory(directory))
        } else if let unified, let source = try Self.source(.memory, "memory.events", unified) {
            sources.append(source)
        }
        if let unified, let source = try Self.source(.members, "cgroup.events", unified) { sources.append(source) }
        for trigger in pressure { sources.append(try self.pressure(trigger)) }
        if let process = process.take() {
            do throws(SystemCallError) { sources.append(try EventSource(.process, process)) } catch {
                throw CgroupError("watch cgroup", path: directories.first?.path, cause: error)
            }
        }
        return CgroupEvents(sources)
    }

    /// A file that the kernel tells the changes of; `nil` where there is none.
    private static func source(
        _ kind: EventSource.Kind,
        _ file: FilePath,
        _ directory: CgroupDirectory
    ) throws(CgroupError) -> EventSource? {
        do throws(SystemCallError) {
            return try EventSource(kind, try directory.root.open(file, CLINUX_O_RDONLY, .noSymlinks))
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw CgroupError("watch cgroup", path: directory.path.appending(file.components), cause: error)
        }
    }

    private static func legacyMemory(_ directory: CgroupDirectory) throws(CgroupError) -> EventSource {
        do throws(SystemCallError) {
            let file = SharedDescriptor(try directory.root.open("memory.oom_control", CLINUX_O_RDONLY, .noSymlinks))
            let counter = OwnedFileDescriptor(takingOver: try systemCall("eventfd2") { clinux_eventfd(0) })
            let line = "\(counter.rawValue) \(file.descriptor.rawValue)"
            try directory.root.writeFile("cgroup.event_control", Array(line.utf8), .noSymlinks)
            return try EventSource(.legacyMemory(file), counter)
        } catch {
            throw CgroupError("watch cgroup", path: directory.path.appending("memory.oom_control"), cause: error)
        }
    }

    private func pressure(_ trigger: PressureTrigger) throws(CgroupError) -> EventSource {
        let text = try trigger.text()
        guard let unified else {
            throw CgroupError(
                .unsupported,
                "watch pressure",
                field: trigger.file,
                hint: "only version 2 has pressure stall information"
            )
        }
        let path = unified.path.appending(trigger.file)
        do throws(SystemCallError) {
            let flags = CLINUX_O_RDWR | CLINUX_O_NONBLOCK
            let file = try unified.root.open(FilePath(trigger.file), flags, .noSymlinks)
            try file.writeOnce(Array(text.utf8) + [0])
            return try EventSource(.pressure(trigger), file)
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory, .notSupported:
                let hint = "the kernel has no pressure stall information, or needs psi=1 on its command line"
                throw CgroupError(
                    .unsupported,
                    "watch pressure",
                    path: path,
                    field: trigger.file,
                    cause: error,
                    hint: hint
                )
            case .invalidArgument, .notPermitted:
                let hint = "without CAP_SYS_RESOURCE the window must be a multiple of 2 s"
                throw CgroupError(
                    .invalidLimit,
                    "watch pressure",
                    path: path,
                    field: trigger.file,
                    cause: error,
                    hint: hint
                )
            default: throw CgroupError("watch pressure", path: path, field: trigger.file, cause: error)
            }
        }
    }
}
