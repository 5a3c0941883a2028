// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Sets which device nodes the processes of the group may make and open.
    ///
    /// Where the version 1 devices controller is mounted it is used: only what differs is written, and the kernel's
    /// list is compared with the policy afterwards. Otherwise an eBPF program is attached to the version 2 group;
    /// programs that were attached before are detached after it, so access is never wider than both policies allow.
    ///
    /// A policy without rules denies every device. Rules apply to `open(2)` and `mknod(2)`, not to open descriptors.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` for malformed rules, `unsupported` when version 1 cannot express them,
    ///   `notDelegated` without the privilege or when a group above denies a device, `controllerMissing` when there is
    ///   neither interface, `notEffective` when the kernel's list differs. On version 1 a failure can leave the group
    ///   with fewer devices than wanted, never with more than the old and the new policy allow together.
    /// - Note: root, or on version 2 `CAP_BPF` and `CAP_NET_ADMIN` (before 5.8 `CAP_SYS_ADMIN`).
    public func apply(_ policy: DevicePolicy) throws(CgroupError) {
        if let directory = legacy(.devices) {
            try Self.apply(LegacyDeviceList(policy), to: directory)
        } else {
            try attach(DeviceProgram(policy))
        }
    }

    private static func apply(_ wanted: LegacyDeviceList, to directory: CgroupDirectory) throws(CgroupError) {
        let current = LegacyDeviceList(list: try directory.read("devices.list"))
        for write in wanted.plan(from: current) {
            let file = FilePath(write.file)
            do throws(SystemCallError) {
                try directory.root.writeFile(file, Array(write.value.utf8), .noSymlinks)
            } catch {
                let hint =
                    switch error.errno {
                    case .notPermitted: "the group above does not allow it"
                    case .invalidArgument: "the default of a group with child groups cannot change"
                    default: nil as String?
                    }
                throw CgroupError(
                    "set device rule \(write.value)",
                    path: directory.path.appending(write.file),
                    field: "devices",
                    cause: error,
                    hint: hint
                )
            }
        }
        let actual = LegacyDeviceList(list: try directory.read("devices.list"))
        if actual.allowsByDefault != wanted.allowsByDefault
            || !wanted.allowsByDefault && actual.exceptions != wanted.exceptions
        {
            throw CgroupError(
                .notEffective,
                "set device rules",
                path: directory.path.appending("devices.list"),
                field: "devices",
                hint: "the kernel's list differs from the rules"
            )
        }
    }

    /// Loads `program` and makes it the only device program of the version 2 group.
    package func attach(_ program: DeviceProgram) throws(CgroupError) {
        guard let directory = unified else {
            throw CgroupError(
                .controllerMissing,
                "set device rules",
                field: "devices",
                hint: "neither a version 2 hierarchy nor the version 1 devices controller is there"
            )
        }
        do throws(SystemCallError) {
            let old = try directory.deviceProgramIDs()
            let loaded = try Self.load(program)
            let group = directory.root.descriptor.rawValue
            let number = loaded.rawValue
            try systemCall("bpf", path: "BPF_PROG_ATTACH") {
                clinux_bpf_program_attach(
                    group,
                    number,
                    UInt32(CLINUX_BPF_CGROUP_DEVICE),
                    UInt32(CLINUX_BPF_F_ALLOW_MULTI)
                )
            }
            for id in old { try directory.detachDeviceProgram(id) }
        } catch {
            let isDenied = error.errno == .notPermitted
            throw CgroupError(
                "attach device program",
                path: directory.path,
                field: "devices",
                cause: error,
                hint: isDenied ? "needs CAP_BPF and CAP_NET_ADMIN in the initial user namespace" : nil
            )
        }
    }

    private static func load(_ program: DeviceProgram) throws(SystemCallError) -> OwnedFileDescriptor {
        let words = program.instructions.map(\.encoded)
        return OwnedFileDescriptor(
            takingOver: try systemCall("bpf", path: "BPF_PROG_LOAD") {
                unsafe words.withUnsafeBufferPointer { buffer in
                    unsafe clinux_bpf_program_load(
                        UInt32(CLINUX_BPF_PROG_TYPE_CGROUP_DEVICE),
                        UInt32(CLINUX_BPF_CGROUP_DEVICE),
                        buffer.baseAddress,
                        UInt32(truncatingIfNeeded: buffer.count),
                        nil,
                        0
                    )
                }
            }
        )
    }

    /// How many device programs the version 2 group has itself.
    package var deviceProgramCount: Int {
        get throws(CgroupError) {
            guard let directory = unified else { return 0 }
            do throws(SystemCallError) { return try directory.deviceProgramIDs().count } catch {
                throw CgroupError("list device programs", path: directory.path, cause: error)
            }
        }
    }
}

extension CgroupDirectory {
    /// The kernel takes at most 64 programs of one type in a group.
    fileprivate func deviceProgramIDs() throws(SystemCallError) -> [UInt32] {
        var ids = [UInt32](repeating: 0, count: 64)
        let group = root.descriptor.rawValue
        let count = try systemCall("bpf", path: "BPF_PROG_QUERY") {
            unsafe ids.withUnsafeMutableBufferPointer { buffer in
                unsafe clinux_bpf_program_query(group, UInt32(CLINUX_BPF_CGROUP_DEVICE), buffer.baseAddress, 64)
            }
        }
        return Array(ids.prefix(Int(count)))
    }

    fileprivate func detachDeviceProgram(_ id: UInt32) throws(SystemCallError) {
        let group = root.descriptor.rawValue
        let old = OwnedFileDescriptor(
            takingOver: try systemCall("bpf", path: "BPF_PROG_GET_FD_BY_ID") { clinux_bpf_program_open(id) }
        )
        let number = old.rawValue
        try systemCall("bpf", path: "BPF_PROG_DETACH") {
            clinux_bpf_program_detach(group, number, UInt32(CLINUX_BPF_CGROUP_DEVICE))
        }
    }
}
