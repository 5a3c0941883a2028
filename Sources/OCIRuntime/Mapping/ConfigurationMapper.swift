// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

/// Says a runtime configuration in the terms of the kits.
///
/// Nothing on the host is looked at or changed. Every field is either in the result, or in a warning where the
/// specification wants one, or refused by its JSON path; the sections of other platforms are not looked into.
///
/// Specification: OCI runtime-spec 1.3, config.md and config-linux.md.
enum ConfigurationMapper {
    /// Maps a configuration, after checking it.
    ///
    /// For another process in a container, its configuration is mapped with that process in the place of the first.
    ///
    /// - Parameters:
    ///   - configuration: The configuration.
    ///   - bundle: The absolute directory that relative paths start at.
    ///   - id: The container's id, for errors.
    ///   - modules: The security modules in use; `nil` asks the kernel when the configuration has a label.
    /// - Returns: The configuration in the kits' terms.
    /// - Throws: ``RuntimeError``: `invalidConfiguration` when the configuration contradicts itself or the
    ///   specification, `unsupported` for what is not applied here; both name the JSON path.
    static func map(
        _ configuration: RuntimeConfiguration,
        bundle: FilePath,
        id: String,
        modules: SecurityModules? = nil
    ) throws(RuntimeError) -> MappedContainer {
        do throws(ValidationError) { try configuration.validate() } catch {
            let phrase = error.problems.first?.path.phrase ?? ""
            throw RuntimeError(.invalidConfiguration, "config.json: \(error)\(phrase)", container: id)
        }
        do throws(MappingError) { return try mapChecked(configuration, bundle: bundle, modules) } catch {
            throw RuntimeError(error, container: id)
        }
    }

    private static func mapChecked(
        _ configuration: RuntimeConfiguration,
        bundle: FilePath,
        _ modules: SecurityModules?
    ) throws(MappingError) -> MappedContainer {
        let linux = configuration.linux ?? LinuxConfiguration()
        guard let process = configuration.process else {
            throw MappingError(.invalid, JSONPath([.key("process")]), "is required to create a container")
        }
        var warnings: [String] = []
        let mapped = try mapChecked(process, linux: linux, modules, warnings: &warnings)
        var container = ContainerConfiguration(process: mapped)
        container.namespaces = namespaces(linux.namespaces ?? [])
        // Beside the path of a user namespace, mappings describe that namespace; it has them already.
        if container.namespaces.user == .new {
            container.uidMappings = idMappings(linux.uidMappings)
            container.gidMappings = idMappings(linux.gidMappings)
        }
        container.clockOffsets = clockOffsets(linux.timeOffsets)
        if let root = configuration.root {
            container.root = .directory(bundle.pushing(FilePath(root.path)).lexicallyNormalized())
            container.rootIsReadOnly = root.readonly ?? false
        }
        container.rootPropagation = propagation(linux.rootfsPropagation)
        let root: FilePath? = if case .directory(let path) = container.root { path } else { nil }
        let mounts = try mounts(configuration.mounts ?? [], bundle: bundle, root: root)
        container.mounts = mounts
        container.mountContext = try mountContext(linux.mountLabel, modules)
        if !mounts.contains(where: \.providesDevices) {
            container.devices = try devices(linux.devices ?? [])
            container.links = SymbolicLink.defaults
        }
        container.maskedPaths = (linux.maskedPaths ?? []).map { FilePath($0) }
        container.readOnlyPaths = (linux.readonlyPaths ?? []).map { FilePath($0) }
        container.hostname = configuration.hostname.nonEmptyBytes
        container.domainname = configuration.domainname.nonEmptyBytes
        container.sysctls = sysctls(linux.sysctl ?? [:])
        container.networkDevices = networkDevices(linux.netDevices ?? [:])
        container.hooks = try launchHooks(configuration.hooks, process)
        if linux.resources?.memory?.kernel ?? 0 != 0 { warnings.append(Self.kernelMemoryWarning) }
        if (linux.resources?.devices ?? []).contains(where: { $0.access?.utf8.contains(UInt8(ascii: "a")) ?? false }) {
            warnings.append("linux.resources.devices: ignoring the letter a of access, which no kernel knows")
        }
        return MappedContainer(
            container: container,
            cgroup: try cgroup(configuration, linux),
            resourceControl: try resourceControl(linux.intelRdt),
            hostHooks: hostHooks(configuration.hooks),
            terminalRequested: process.terminal ?? false,
            warnings: warnings
        )
    }

    /// The keys in slashed form: in the dotted one, a slash stands for a dot within a name.
    private static func sysctls(_ parameters: [String: String]) -> [KernelParameter] {
        let dot = UInt8(ascii: ".")
        let slash = UInt8(ascii: "/")
        return parameters.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { key, value in
            var bytes = Array(key.utf8)
            if bytes.first(where: { $0 == dot || $0 == slash }) == dot {
                bytes = bytes.map { $0 == dot ? slash : $0 == slash ? dot : $0 }
            }
            return KernelParameter(key: bytes, value: Array(value.utf8))
        }
    }
}

extension String? {
    /// The bytes, or `nil` for none: documents write an empty string for what is absent.
    var nonEmptyBytes: [UInt8]? {
        guard let bytes = map({ Array($0.utf8) }), !bytes.isEmpty else { return nil }
        return bytes
    }
}
