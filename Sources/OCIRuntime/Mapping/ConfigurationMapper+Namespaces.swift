// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

extension ConfigurationMapper {
    /// Where each namespace comes from; a kind that is not listed is the host's.
    static func namespaces(_ list: [LinuxNamespace]) -> NamespaceSet {
        var set = NamespaceSet()
        for namespace in list {
            let file = namespace.path.nonEmptyBytes == nil ? nil : namespace.path
            let origin = file.map { NamespaceSet.Origin.join(FilePath($0)) } ?? .new
            switch namespace.type {
            case .pid: set.pid = origin
            case .network: set.network = origin
            case .ipc: set.ipc = origin
            case .uts: set.uts = origin
            case .user: set.user = origin
            case .cgroup: set.cgroup = origin
            case .time: set.time = origin
            case .mount: set.mount = origin
            }
        }
        return set
    }

    /// Devices to move, ordered by their names.
    static func networkDevices(_ devices: [String: LinuxNetDevice]) -> [NetworkDevice] {
        devices.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { name, device in
            NetworkDevice(Array(name.utf8), newName: device.name.nonEmptyBytes)
        }
    }

    /// Ranges of identifiers.
    static func idMappings(_ mappings: [LinuxIDMapping]?) -> [IDMapping] {
        (mappings ?? []).map { IDMapping(containerID: $0.containerID, hostID: $0.hostID, count: $0.size) }
    }

    /// The clocks of a new time namespace; the check has seen to it that there is one.
    static func clockOffsets(_ offsets: LinuxTimeOffsets?) -> [ClockOffset] {
        func offset(_ clock: ClockOffset.Clock, _ offset: LinuxTimeOffset?) -> [ClockOffset] {
            guard let offset else { return [] }
            return [ClockOffset(clock, seconds: offset.secs ?? 0, nanoseconds: offset.nanosecs ?? 0)]
        }
        return offset(.monotonic, offsets?.monotonic) + offset(.boottime, offsets?.boottime)
    }

    /// How the root's mounts travel; by default as the kit's default says, which is runc's too.
    static func propagation(_ kind: LinuxConfiguration.Propagation?) -> MountPropagation? {
        switch kind {
        case .shared: MountPropagation(.shared)
        case .slave: MountPropagation(.slave)
        case .private: MountPropagation(.private)
        case .unbindable: MountPropagation(.unbindable)
        case .recursivelyShared: MountPropagation(.shared, recursive: true)
        case .recursivelySlave: MountPropagation(.slave, recursive: true)
        case .recursivelyPrivate: MountPropagation(.private, recursive: true)
        case .recursivelyUnbindable: MountPropagation(.unbindable, recursive: true)
        case nil: nil
        }
    }
}
