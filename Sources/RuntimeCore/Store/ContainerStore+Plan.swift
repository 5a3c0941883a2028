// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
public import OCIRuntime
internal import OCISpec
internal import SystemPackage

extension ContainerStore {
    /// Every step of a launch, without making a container. Layers that are not unpacked yet are unpacked, and what a
    /// container has in its `etc` is written to the store's directory `plan`, since the steps refer to it.
    ///
    /// - Parameters:
    ///   - image: A reference, a digest, or the first digits of one.
    ///   - command: Replaces the image's command; its entry point stays.
    ///   - options: Everything else.
    /// - Returns: The steps, in order: two are equal when the same is asked of the same image.
    /// - Throws: ``ContainerStoreError`` as ``create(_:_:options:lifetime:)``.
    /// - Note: Needs root.
    public func plan(
        _ image: String,
        _ command: [String] = [],
        options: ContainerOptions = ContainerOptions()
    ) throws(ContainerStoreError) -> ContainerPlan {
        let draft = try draft(image, command, options)
        return try withRuntimeErrors { () throws(RuntimeError) in
            try runtime.plan(draft.configuration, bundle: draft.bundle, options: draft.creation)
        }
    }

    /// Checks a launch on this host without making a container: whether each of its steps can be taken here, and what to
    /// do where one cannot. See `OCIRuntime/Runtime/dryRun(_:bundle:options:)`.
    ///
    /// - Parameters:
    ///   - image: A reference, a digest, or the first digits of one.
    ///   - command: Replaces the image's command; its entry point stays.
    ///   - options: Everything else.
    /// - Returns: The plan, and what stands in its way.
    /// - Throws: ``ContainerStoreError`` as ``create(_:_:options:lifetime:)``, where there is nothing to plan.
    /// - Note: Needs root, to look into the image.
    public func dryRun(
        _ image: String,
        _ command: [String] = [],
        options: ContainerOptions = ContainerOptions()
    ) throws(ContainerStoreError) -> DryRun {
        let draft = try draft(image, command, options)
        return runtime.dryRun(draft.configuration, bundle: draft.bundle, options: draft.creation)
    }

    /// What a launch would be made of.
    private struct Draft {
        let configuration: RuntimeConfiguration
        let bundle: FilePath
        let creation: CreateOptions
    }

    private func draft(
        _ image: String,
        _ command: [String],
        _ options: ContainerOptions
    ) throws(ContainerStoreError) -> Draft {
        let resolved = try prepare(image, platform: options.platform)
        let id = String(repeating: "0", count: 64)
        let bundle = path.appending("plan")
        let builder = ConfigurationBuilder(
            image: resolved.configuration.config ?? ImageConfiguration.Execution(),
            options: options,
            command: command,
            id: id,
            directory: bundle,
            countsSwap: HostFiles.countsSwap
        )
        let root = try view(resolved.configuration.rootfs.diffIDs, copyAt: bundle.appending("rootfs")).mount
        let identity = try UserLookup.identity(of: builder.user, groups: options.additionalGroups, in: root)
        let configuration = try builder.configuration(for: identity)
        try about("write the plan's files") { () throws(SystemCallError) in
            let top = try RootDirectory(at: path)
            try top.makeDirectories("plan/etc", mode: 0o700)
            let directory = try top.directory("plan", .noSymlinks)
            for (name, content) in builder.etcFiles(resolver: HostFiles.resolver) {
                try directory.replaceFile(FilePath("etc/\(name)"), content, mode: 0o644)
            }
        }
        var creation = CreateOptions()
        creation.root = .detached(root)
        return Draft(configuration: configuration, bundle: bundle, creation: creation)
    }
}
