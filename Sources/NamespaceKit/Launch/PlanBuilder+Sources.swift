// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import SystemPackage

/// The part of a plan that opens what is attached.
extension PlanBuilder {
    mutating func source(_ tree: MountTree) throws(NamespaceError) -> HostTreeSource {
        do throws(SystemCallError) {
            return .slot(launch.add(SharedDescriptor(try tree.descriptor.duplicate())))
        } catch { throw NamespaceError("pass mount", error) }
    }

    /// A copy of the host's tree at `path`, detached, so that nothing done to the host's names later matters.
    mutating func source(
        _ path: FilePath,
        recursive: Bool,
        propagation: UInt64 = UInt64(CLINUX_MS_PRIVATE),
        mapping: MountIDMapping? = nil,
        step: String
    ) throws(NamespaceError) -> HostTreeSource {
        guard options.opensSourcesOnHost else {
            if mapping != nil {
                throw invalid("\(step): id-mapped mounts need CAP_SYS_ADMIN in the user namespace of the file system")
            }
            return .path(path.bytes, recursive: recursive)
        }
        let tree: OwnedFileDescriptor
        do throws(SystemCallError) {
            tree = try MountHandle.clone(path, recursive: recursive, propagation: propagation)
        } catch { throw NamespaceError(step, error) }
        if let mapping { try map(tree, mapping, path, step: step) }
        return .slot(launch.add(SharedDescriptor(tree)))
    }

    func sourceKind(_ path: FilePath, step: String) throws(NamespaceError) -> MountTarget<HostStorage>.Kind {
        do throws(SystemCallError) {
            return try OwnedFileDescriptor.open(path, CLINUX_O_PATH).status().kind == .directory ? .directory : .file
        } catch { throw NamespaceError(step, error) }
    }

    /// What a copy of a host's mount is told about the host's mount events before the mount's own wish.
    ///
    /// It is what it would be when copied inside the container's mount namespace: events arrive unless the root is to
    /// be private, and go back only when the root is to be shared, and never out of another user namespace.
    var sourcePropagation: UInt64 {
        switch configuration.rootPropagation?.kind {
        case .shared: configuration.namespaces.user == .host ? 0 : UInt64(CLINUX_MS_SLAVE)
        case .slave, nil: UInt64(CLINUX_MS_SLAVE)
        case .private, .unbindable: UInt64(CLINUX_MS_PRIVATE)
        }
    }

    private mutating func map(
        _ tree: borrowing OwnedFileDescriptor,
        _ mapping: MountIDMapping,
        _ path: FilePath,
        step: String
    ) throws(NamespaceError) {
        let namespace = try userNamespace(of: mapping, step: step)
        do throws(SystemCallError) {
            try MountHandle.map(tree, as: namespace.descriptor, recursive: mapping.recursive, path: path)
        } catch {
            let hint =
                error.errno == .invalidArgument
                ? "the file system does not support id-mapped mounts in this kernel, or the mount is mapped already"
                : nil
            throw NamespaceError(.systemCall, step: step, cause: error, hint: hint)
        }
    }

    /// Mounts with one mapping share a namespace.
    private mutating func userNamespace(
        of mapping: MountIDMapping,
        step: String
    ) throws(NamespaceError) -> SharedDescriptor {
        let mappings: PreparedLaunch.Mappings
        switch (mapping.source, configuration.namespaces.user) {
        case (.ranges(let uid, let gid), _): mappings = .init(uid: uid, gid: gid)
        case (.container, .new): mappings = .init(uid: configuration.uidMappings, gid: configuration.gidMappings)
        case (.container, .join(let path)):
            do throws(SystemCallError) { return SharedDescriptor(try .open(path, CLINUX_O_RDONLY)) } catch {
                throw NamespaceError(step, error)
            }
        case (.container, .host):
            throw invalid("\(step): the container has no user namespace whose mapping could be used")
        }
        if let made = mappingNamespaces[mappings] { return made }
        let made = SharedDescriptor(try MappingNamespace.make(mappings))
        mappingNamespaces[mappings] = made
        return made
    }
}
