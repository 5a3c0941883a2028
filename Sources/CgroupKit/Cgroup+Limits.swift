// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Sets limits.
    ///
    /// Everything that can be checked is checked before the first write. Stops at the first write that fails; what was
    /// written before stays in force. Memory limits and weights are read again, as the kernel may round or clamp them.
    ///
    /// - Parameter limits: The limits; `nil` settings leave their files as they are.
    /// - Throws: ``CgroupError``, naming the setting: `controllerMissing` when the group lacks the controller,
    ///   `unsupported` when this version or kernel has no such setting, `invalidLimit` when we or the kernel refuse the
    ///   value, `busy` when version 1 cannot shrink memory below what is used, `notEffective` when the kernel took
    ///   another value, else `notDelegated` or `systemCall`.
    /// - Note: Needs write access to the group: root, or a delegated group whose limit files are the caller's.
    public func apply(_ limits: CgroupLimits) throws(CgroupError) {
        var undo: CgroupUndo?
        try apply(limits, undo: &undo)
    }

    /// Sets limits; `undo`, if there is one, learns what was in force.
    func apply(_ limits: CgroupLimits, undo: inout CgroupUndo?) throws(CgroupError) {
        for write in try limits.plan(layout, current: try current(for: limits)) { try apply(write, undo: &undo) }
    }

    /// What is in force of that which is to be changed: what stays as it is is not looked at.
    private func current(for limits: CgroupLimits) throws(CgroupError) -> CgroupLimits.Current {
        let isUntouched = limits.memory == MemoryLimits() && limits.cpu == CPULimits()
        return isUntouched ? CgroupLimits.Current() : try current()
    }

    /// What is in force, as far as it decides the order of writes.
    ///
    /// - Throws: ``CgroupError`` when a file that exists cannot be read.
    public func current() throws(CgroupError) -> CgroupLimits.Current {
        var current = CgroupLimits.Current()
        if let memory = directory(for: .memory) {
            let isLegacy = memory.hierarchy.version == .v1
            current.memory.limit = try memory.readIfPresent(isLegacy ? "memory.limit_in_bytes" : "memory.max")
                .flatMap(ResourceLimit.init)
            if isLegacy {
                current.memory.swap = try memory.readIfPresent("memory.memsw.limit_in_bytes").flatMap(
                    ResourceLimit.init
                )
            }
            current.memory.usage = try memory.readIfPresent(isLegacy ? "memory.usage_in_bytes" : "memory.current")
                .flatMap { KernelText.number($0) }
        }
        guard let cpu = directory(for: .cpu) else { return current }
        switch cpu.hierarchy.version {
        case .v1:
            if let quota = try cpu.readIfPresent("cpu.cfs_quota_us").flatMap(ResourceLimit.init) {
                current.cpu.quota = quota
            }
            if let period = try cpu.readIfPresent("cpu.cfs_period_us").flatMap({ KernelText.number($0) }) {
                current.cpu.period = period
            }
            if let period = try cpu.readIfPresent("cpu.rt_period_us").flatMap({ KernelText.number($0) }) {
                current.cpu.realtimePeriod = period
            }
        case .v2:
            let fields = KernelText.fields((try cpu.readIfPresent("cpu.max") ?? [])[...])
            if fields.count == 2, let quota = ResourceLimit(Array(fields[0])), let period = KernelText.number(fields[1])
            {
                current.cpu = CPULimits.Current(quota: quota, period: period)
            }
        }
        return current
    }

    /// The group's directory where `controller` is.
    func directory(for controller: CgroupController) -> CgroupDirectory? {
        legacy(controller) ?? unified
    }

    /// Makes one planned write, or the first of its alternatives whose file exists.
    private func apply(_ write: CgroupWrite, undo: inout CgroupUndo?) throws(CgroupError) {
        let isUnifiedOnly = write.field.hasPrefix("unified.")
        guard let directory = isUnifiedOnly ? unified : directory(for: write.controller) else {
            throw missing(write, in: nil)
        }
        for candidate in [write] + write.alternatives {
            let file = FilePath(candidate.file)
            undo?.note(candidate, in: directory)
            do throws(SystemCallError) {
                try directory.root.writeFile(file, Array(candidate.value.utf8), .noSymlinks)
            } catch {
                undo?.forget(candidate, in: directory)
                if error.errno == .noSuchFileOrDirectory { continue }
                throw Self.refused(candidate, at: directory.path.appending(candidate.file), error)
            }
            try check(candidate, in: directory)
            return
        }
        switch write.whenMissing {
        case .skip: return
        case .skipWithoutSwap: if try !hasSwapSpace() { return }
        case .fail: break
        }
        throw missing(write, in: directory)
    }

    private func missing(_ write: CgroupWrite, in directory: CgroupDirectory?) -> CgroupError {
        let isThere =
            switch directory?.hierarchy.version {
            case .v1: true
            case .v2:
                // For the choice between two messages only.
                KernelText.words((try? directory?.readIfPresent("cgroup.controllers")) ?? []).contains(
                    write.controller.rawValue
                ) || write.controller.rawValue == "cgroup"
            case nil: false
            }
        let path = directory?.path.appending(write.file)
        if isThere {
            return CgroupError(
                .unsupported,
                "set cgroup limit",
                path: path,
                field: write.field,
                cause: SystemCallError(call: "openat2", errno: .noSuchFileOrDirectory),
                hint: "this kernel has no file \(write.file) for the group"
            )
        }
        return CgroupError(
            .controllerMissing,
            "set cgroup limit",
            path: path,
            field: write.field,
            hint: "the requested cgroup controller `\(write.controller)` is not available"
        )
    }

    private static func refused(_ write: CgroupWrite, at path: FilePath, _ error: SystemCallError) -> CgroupError {
        let step = "set cgroup limit to \(write.value)"
        switch error.errno {
        case .outOfRange where write.controller == .cpuset, .invalidArgument where write.controller == .cpuset:
            return CgroupError(
                .invalidLimit,
                step,
                path: path,
                field: write.field,
                cause: error,
                hint: "the group above does not have all of these; its cpuset files list what there is"
            )
        case .invalidArgument, .outOfRange, .noSpace, .operationNotSupportedByDevice, .noSuchAddressOrDevice:
            return CgroupError(.invalidLimit, step, path: path, field: write.field, cause: error)
        case .notSupported:
            return CgroupError(.unsupported, step, path: path, field: write.field, cause: error)
        case .resourceBusy where write.controller == .memory:
            return CgroupError(
                .busy,
                step,
                path: path,
                field: write.field,
                cause: error,
                hint: "more than that is in use"
            )
        default:
            return CgroupError(step, path: path, field: write.field, cause: error)
        }
    }

    /// Compares what the kernel took with what it was given.
    private func check(_ write: CgroupWrite, in directory: CgroupDirectory) throws(CgroupError) {
        if write.check == .none { return }
        let text = try directory.read(FilePath(write.file))
        guard let wanted = ResourceLimit(Array(write.value.utf8)), let actual = ResourceLimit(text) else {
            throw notEffective(write, in: directory, text)
        }
        switch (write.check, wanted, actual) {
        case (_, .unlimited, .unlimited): return
        case (.exact, .value(let wanted), .value(let actual)) where wanted == actual: return
        // 64 KiB is the largest page size of the machines we know.
        case (.roundedToPages, .value(let wanted), .value(let actual))
        where actual <= wanted && wanted - actual < 65_536: return
        default: throw notEffective(write, in: directory, text)
        }
    }

    private func notEffective(_ write: CgroupWrite, in directory: CgroupDirectory, _ text: [UInt8]) -> CgroupError {
        CgroupError(
            .notEffective,
            "set cgroup limit to \(write.value)",
            path: directory.path.appending(write.file),
            field: write.field,
            hint: "the kernel reports \(KernelText.words(text).joined(separator: " "))"
        )
    }

    /// Whether the machine uses swap space; a heading and one line for each.
    private func hasSwapSpace() throws(CgroupError) -> Bool {
        let file = layout.root.appending("proc/swaps")
        do throws(SystemCallError) {
            let text = try OwnedFileDescriptor.open(file, CLINUX_O_RDONLY).readAll(limit: 1 << 20)
            return KernelText.lines(text).count > 1
        } catch {
            if error.errno == .noSuchFileOrDirectory { return false }
            throw CgroupError("look for swap space", path: file, cause: error)
        }
    }
}
