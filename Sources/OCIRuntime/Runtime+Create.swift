// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LinuxSystem
internal import LaunchPlan
internal import NamespaceKit
public import OCISpec
public import SystemPackage

extension Runtime {
    /// Creates a container from a bundle: sets everything up, and leaves its process waiting for the start.
    ///
    /// - Parameters:
    ///   - id: The new container's id, unique below ``root``.
    ///   - bundle: The directory with `config.json`.
    ///   - options: Streams, terminal and the like.
    /// - Returns: The container, `created`.
    /// - Throws: ``RuntimeError``. Nothing is left behind then: no process, control group, mount or file.
    /// - Note: Needs root, or a configuration with a user namespace that the caller may make.
    public func create(
        _ id: String,
        bundle: FilePath,
        options: CreateOptions = CreateOptions()
    ) throws(RuntimeError) -> Container {
        try ContainerIdentifier.check(id)
        return try create(
            id,
            configuration: try Self.configuration(ofBundle: bundle),
            bundle: bundle,
            options: options
        )
    }

    /// Reads the configuration of a bundle, to look at it or to change it before a container is made from it.
    ///
    /// - Parameters:
    ///   - bundle: The bundle's directory; a relative one starts at the working directory.
    ///   - file: The configuration's file; a relative one starts at `bundle`.
    /// - Returns: What the file says.
    /// - Throws: ``RuntimeError``: `invalidConfiguration` when there is none or it is no configuration. What it says is
    ///   checked when the container is created.
    public static func configuration(
        ofBundle bundle: FilePath,
        file: FilePath = "config.json"
    ) throws(RuntimeError) -> RuntimeConfiguration {
        try BundleReader.configuration(of: try BundleReader.absolute(bundle), file: file)
    }

    /// Creates a container from a configuration.
    ///
    /// - Parameters:
    ///   - id: The new container's id, unique below ``root``.
    ///   - configuration: What `config.json` would say.
    ///   - bundle: The directory that relative paths in the configuration start at; a relative one starts at the
    ///     working directory.
    ///   - options: Streams, terminal and the like.
    /// - Returns: The container, `created`.
    /// - Throws: ``RuntimeError``. Nothing is left behind then.
    public func create(
        _ id: String,
        configuration: RuntimeConfiguration,
        bundle: FilePath,
        options: CreateOptions = CreateOptions()
    ) throws(RuntimeError) -> Container {
        try ContainerIdentifier.check(id)
        let bundle = try BundleReader.absolute(bundle)
        var mapped = try mapped(configuration, bundle: bundle, id: id, options: options)
        if options.consoleSocket != nil && !mapped.terminalRequested {
            throw RuntimeError(
                .invalidConfiguration,
                "a console socket was given but process.terminal is not set",
                container: id
            )
        }
        let root = try openRoot()
        let state = try StateDirectory.create(id, in: root)
        do throws(RuntimeError) {
            let lock = try state.lock()
            let creation = Creation(
                id: id,
                runtime: self,
                configuration: configuration,
                bundle: bundle,
                options: options
            )
            let container = try creation.run(&mapped, in: state)
            extendLifetime(lock)
            return container
        } catch {
            // The first error counts; what cannot be removed now is removed by `delete --force`.
            try? state.remove()
            throw error
        }
    }

    /// The configuration as the kits understand it.
    func mapped(
        _ configuration: RuntimeConfiguration,
        bundle: FilePath,
        id: String,
        options: CreateOptions
    ) throws(RuntimeError) -> MappedContainer {
        var mapped = try ConfigurationMapper.map(configuration, bundle: bundle, id: id)
        warn(mapped.warnings, container: id)
        if let root = options.root { mapped.container.root = root }
        mapped.container.diesWithParent = options.diesWithParent
        mapped.container.pivotsRoot = options.pivotsRoot
        // The caller's processors are not the container's: what its control group has counts.
        mapped.container.process.affinity = .all
        if !options.keepsSessionKeyring { mapped.container.sessionKeyring = Array("_ses.\(id)".utf8) }
        return mapped
    }

    /// The steps of a launch in words, without launching anything.
    ///
    /// - Throws: ``RuntimeError`` as ``create(_:bundle:options:)`` would for the configuration.
    public func plan(
        _ configuration: RuntimeConfiguration,
        bundle: FilePath,
        options: CreateOptions = CreateOptions()
    ) throws(RuntimeError) -> [String] {
        let id = "plan"
        let mapped = try mapped(configuration, bundle: bundle, id: id, options: options)
        let placement = try CgroupPlacement(mapped.cgroup, by: options.cgroupManager, id: id, in: cgroups)
        let steps = try placement.steps(container: id)
        do throws(NamespaceError) {
            let prepared = try PlanBuilder.prepare(
                mapped.container,
                options: placement.builderOptions(preserved: options.preservedDescriptors.count)
            )
            return steps + prepared.instructions.map { $0.description }
        } catch { throw RuntimeError(error, container: id) }
    }
}
