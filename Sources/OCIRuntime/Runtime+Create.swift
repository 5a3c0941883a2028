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
        let mapped = try options.recorder.measure("check and map the configuration") { () throws(RuntimeError) in
            try self.mapped(configuration, bundle: bundle, id: id, options: options)
        }
        return try create(id, configuration, mapped, bundle: bundle, options: options, from: nil)
    }

    /// Creates a container from a configuration in the terms of the kits.
    ///
    /// - Parameters:
    ///   - id: The new container's id, checked.
    ///   - configuration: What the container's record says.
    ///   - mapped: The same as the kits understand it.
    ///   - bundle: The absolute directory of the bundle.
    ///   - options: Streams, terminal and the like.
    ///   - slot: The prepared container that becomes this one, if any; it is used up also when this fails.
    /// - Returns: The container, `created`.
    /// - Throws: ``RuntimeError``. Nothing is left behind then.
    func create(
        _ id: String,
        _ configuration: RuntimeConfiguration,
        _ mapped: MappedContainer,
        bundle: FilePath,
        options: CreateOptions,
        from slot: PreparedContainer?
    ) throws(RuntimeError) -> Container {
        var mapped = mapped
        if options.consoleSocket != nil && !mapped.terminalRequested {
            throw RuntimeError(
                .invalidConfiguration,
                "a console socket was given but process.terminal is not set",
                container: id
            )
        }
        let state = try options.recorder.measure("make the state directory") { () throws(RuntimeError) in
            try StateDirectory.create(id, in: try openRoot())
        }
        do throws(RuntimeError) {
            let creation = Creation(
                id: id,
                runtime: self,
                configuration: configuration,
                bundle: bundle,
                options: options,
                slot: slot
            )
            let container = try creation.run(&mapped, in: state.directory)
            extendLifetime(state)
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
}
