// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

extension ConfigurationMapper {
    /// The mounts, in order.
    static func mounts(
        _ list: [RuntimeConfiguration.Mount],
        bundle: FilePath,
        root: FilePath?
    ) throws(MappingError) -> [ContainerMount] {
        var result: [ContainerMount] = []
        for (index, mount) in list.enumerated() {
            result.append(try map(mount, bundle: bundle, root: root, at: JSONPath.field("mounts").appending(index)))
        }
        return result
    }

    private static func map(
        _ mount: RuntimeConfiguration.Mount,
        bundle: FilePath,
        root: FilePath?,
        at path: JSONPath
    ) throws(MappingError) -> ContainerMount {
        let place = path.appending("options")
        let options = try MountOptionList(mount.options ?? [], at: place)
        // Version 1.2 allows relative destinations, which start at the container's root.
        let destination = destination(FilePath(mount.destination), root: root)
        let source = try source(of: mount, options, bundle: bundle, at: path)
        if let index = options.copyContent {
            guard case .fileSystem(type: "tmpfs", _) = source else {
                throw .invalid(place.appending(index), "tmpcopyup is an option of a mount of type tmpfs")
            }
        }
        try ProcDestination.check(destination, source: source, at: path.appending("destination"))
        var result = ContainerMount(
            source,
            at: destination,
            set: options.set,
            clear: options.clear,
            recursiveSet: options.recursiveSet,
            recursiveClear: options.recursiveClear,
            propagation: options.propagation,
            mapping: try mapping(of: mount, options, source: source, at: path),
            copiesContent: options.copyContent != nil
        )
        switch source {
        case .fileSystem, .cgroup: result.flattenAttributes()
        case .bind, .detached, .remount: break
        }
        return result
    }

    /// A destination inside the root. As with runc, it may begin with the root's own path.
    private static func destination(_ path: FilePath, root: FilePath?) -> FilePath {
        var names = path.components[...]
        if let root, path.isAbsolute, !root.components.isEmpty, path.lexicallyNormalized().starts(with: root) {
            names = path.lexicallyNormalized().components.dropFirst(root.components.count)
        }
        return FilePath(root: "/", names)
    }

    /// Ranges of the mount itself need no option; without them the option means the container's own.
    private static func mapping(
        of mount: RuntimeConfiguration.Mount,
        _ options: MountOptionList,
        source: ContainerMount.Source,
        at path: JSONPath
    ) throws(MappingError) -> MountIDMapping? {
        let uid = idMappings(mount.uidMappings)
        let gid = idMappings(mount.gidMappings)
        guard !uid.isEmpty || !gid.isEmpty || options.mapping != nil else { return nil }
        guard case .bind = source else {
            let place = options.mapping.map { path.appending("options").appending($0) }
            throw .unsupported(place ?? path.appending("uidMappings"), "idmap: only bind mounts can be id-mapped")
        }
        let ranges: MountIDMapping.Source = uid.isEmpty && gid.isEmpty ? .container : .ranges(uid: uid, gid: gid)
        return MountIDMapping(ranges, recursive: options.mapsRecursively ?? false)
    }

    private static func source(
        of mount: RuntimeConfiguration.Mount,
        _ options: MountOptionList,
        bundle: FilePath,
        at path: JSONPath
    ) throws(MappingError) -> ContainerMount.Source {
        let type = mount.type ?? ""
        let place = path.appending("options")
        if options.remount != nil {
            if options.bind != nil { try refuseFileSystemOptions(options, at: place, "a remount of a bind mount") }
            return .remount(options: superblockOptions(options))
        }
        if options.bind != nil || type == "bind" {
            try refuseFileSystemOptions(options, at: place, "a bind mount")
            guard let source = mount.source.nonEmptyBytes.flatMap({ _ in mount.source }) else {
                throw .invalid(path.appending("source"), "is required by a bind mount")
            }
            return .bind(bundle.pushing(FilePath(source)), recursive: options.bind == .recursive)
        }
        switch type {
        case "", "none":
            throw .invalid(path.appending("type"), "is required by a mount without the option bind")
        case "cgroup":
            try refuseFileSystemOptions(options, at: place, "a mount of type cgroup")
            return .cgroup
        default: return .fileSystem(type: type, options: fileSystemOptions(mount, type, options))
        }
    }

    private static func refuseFileSystemOptions(
        _ options: MountOptionList,
        at path: JSONPath,
        _ kind: String
    ) throws(MappingError) {
        guard let option = options.firstForFileSystem else { return }
        throw .unsupported(
            path.appending(option.index),
            "\"\(JSONError.excerpt(option.text.utf8))\" is an option of a file system, which \(kind) cannot change"
        )
    }

    /// What fsconfig(2) is told: the source, flags of the file system, and its own options, each by itself.
    private static func fileSystemOptions(
        _ mount: RuntimeConfiguration.Mount,
        _ type: String,
        _ options: MountOptionList
    ) -> [[UInt8]] {
        var result: [[UInt8]] = []
        if let source = mount.source.nonEmptyBytes { result.append(Array("source=".utf8) + source) }
        // A file system in memory is there only once mounted, so the mount's attribute is enough; the rest must know
        // before it touches its device.
        if options.set.union(options.recursiveSet).contains(.readOnly) && !memoryTypes.contains(type) {
            result.append(Array("ro".utf8))
        }
        if options.wantsFileVersions && type == "ext4" { result.append(Array("i_version".utf8)) }
        return result + superblockOptions(options)
    }

    /// Flags of the file system, and its own options, each by itself.
    private static func superblockOptions(_ options: MountOptionList) -> [[UInt8]] {
        options.superblock.map { Array($0.text.utf8) } + options.data.flatMap { split(Array($0.text.utf8)) }
    }

    /// One string may hold several options, separated by commas as in mount(2); a backslash keeps a comma.
    private static func split(_ text: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in text {
            if byte == UInt8(ascii: ",") && !isEscaped {
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte)
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return parts.filter { !$0.isEmpty }
    }

    private static let memoryTypes: Set = [
        "proc", "sysfs", "tmpfs", "ramfs", "devpts", "mqueue", "cgroup2", "hugetlbfs", "securityfs", "debugfs",
        "tracefs",
        "bpf", "binfmt_misc", "fusectl", "configfs",
    ]
}

extension ContainerMount {
    /// Whether the container gets all nodes in `/dev` with this mount, so that none are to be made there.
    var providesDevices: Bool {
        if case .bind = source { return destination.lexicallyNormalized() == "/dev" }
        return false
    }

    /// A new file system has nothing below it, and no attributes that could be cleared.
    fileprivate mutating func flattenAttributes() {
        // Access times are kept in one way only.
        if recursiveClear.contains(.accessTimeMask) { set.subtract(.accessTimeMask) }
        set.formUnion(recursiveSet)
        (clear, recursiveSet, recursiveClear) = ([], [], [])
    }
}
