// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
public import OCISpec
public import SystemPackage

/// Containers that are prepared ahead and wait for their command, so that a creation has less to do.
///
/// What needs no command is done before there is one: a process in new namespaces, with its root, mounts, masks, kernel
/// parameters and terminal, in a control group of its own with its limits. A request brings the rest: the program, its
/// environment, streams and directory, user, capabilities, limits, seccomp filter, host name, the id. In what is done
/// ahead the request has to agree with the pool's configuration field by field; one that differs is refused with the
/// fields' names, and what a name on the host leads to (the root, sources of bind mounts, files of namespaces) is looked
/// at again. A prepared container becomes one container and is never used again; none is shared.
///
/// The pool has at most ``capacity`` containers that wait, and is filled by one thread in the background. When none waits,
/// ``create(_:configuration:options:)`` makes the container as ``Runtime/create(_:configuration:bundle:options:)`` does.
///
/// What a process inherits and the configuration does not set (limits, priorities, supplementary groups in a rootless
/// container) is what the host process had when the container was prepared. A waiting container dies when the host process
/// ends, however it ends; its control group, `skiff-pool-…`, is left behind empty if that end was violent. A container
/// from the pool that is to die with its parent (``CreateOptions/diesWithParent``) dies with the host process.
///
/// - Note: Needs the same privileges and kernel as ``Runtime/create(_:configuration:bundle:options:)``.
public final class LaunchPool: Sendable {
    /// The most containers that wait at one time.
    public var capacity: Int { core.capacity }
    /// The configuration that the containers are prepared for.
    public let configuration: RuntimeConfiguration

    private let core: PoolCore

    /// Opens a pool and has it filled in the background.
    ///
    /// - Parameters:
    ///   - runtime: The runtime that the containers will belong to.
    ///   - configuration: What they are prepared for.
    ///   - bundle: The directory that relative paths in the configuration start at; a relative one starts at the
    ///     working directory.
    ///   - options: How they are made; streams and what else belongs to one container only is without a meaning here.
    ///   - capacity: The most containers that wait at one time, at least 1.
    /// - Throws: ``RuntimeError``: `invalidConfiguration`; `unsupported` for what cannot be prepared without an id or be
    ///   given to several containers, with the field's name: `linux.cgroupsPath`, hooks that run before the root changes,
    ///   network devices, detached mounts, systemd's control groups, the readiness socket.
    public init(
        _ runtime: Runtime,
        configuration: RuntimeConfiguration,
        bundle: FilePath,
        options: CreateOptions = CreateOptions(),
        capacity: Int
    ) throws(RuntimeError) {
        guard capacity > 0 else {
            throw RuntimeError(.invalidConfiguration, "the capacity of a launch pool is \(capacity), not at least 1")
        }
        let bundle = try BundleReader.absolute(bundle)
        let mapped = try runtime.mapped(configuration, bundle: bundle, id: Self.name, options: options)
        let template = PoolTemplate(runtime: runtime, mapped: mapped, bundle: bundle, options: options)
        try template.check()
        self.configuration = configuration
        core = PoolCore(template, capacity: capacity)
        core.refillLater()
    }

    deinit { core.close() }

    private static let name = "skiff-pool"

    /// Creates a container from one that waits.
    ///
    /// One that died meanwhile is replaced by the next; without any, the container is made from the beginning, by the
    /// calling thread.
    ///
    /// - Parameters:
    ///   - id: The new container's id, unique below the runtime's root.
    ///   - configuration: What `config.json` would say; `nil` is the pool's own.
    ///   - options: Streams, terminal and the like.
    /// - Returns: The container, `created`.
    /// - Throws: ``RuntimeError``: `preparedDifferently` when the request differs in what is decided ahead, with the
    ///   fields' names; `wrongState` when the pool is closed; else as
    ///   ``Runtime/create(_:configuration:bundle:options:)``. Nothing is left behind then.
    public func create(
        _ id: String,
        configuration: RuntimeConfiguration? = nil,
        options: CreateOptions = CreateOptions()
    ) throws(RuntimeError) -> Container {
        try ContainerIdentifier.check(id)
        let template = core.template
        let configuration = configuration ?? self.configuration
        let mapped = try template.runtime.mapped(configuration, bundle: template.bundle, id: id, options: options)
        let fields = template.difference(mapped, options)
        guard fields.isEmpty else {
            throw RuntimeError(
                .preparedDifferently,
                "the containers of the pool were prepared with other values of: \(fields.joined(separator: ", "))",
                container: id,
                hint: "use a pool of this configuration, or create the container without a pool"
            )
        }
        defer { core.refillLater() }
        while true {
            let slot = try core.take(for: id)
            do throws(RuntimeError) {
                return try template.runtime.create(
                    id,
                    configuration,
                    mapped,
                    bundle: template.bundle,
                    options: options,
                    from: slot
                )
            } catch {
                guard slot?.hasDied == true else { throw error }
                core.noteDeath()
            }
        }
    }

    /// Fills the pool now, and waits for that. Without a call of this, the background does.
    ///
    /// - Throws: ``RuntimeError``: why the pool is not full.
    public func fill() throws(RuntimeError) {
        do throws(SystemCallError) { _ = try PoolThread.run { [core] in core.refill() } } catch {
            throw RuntimeError("start the launch pool's thread", error)
        }
        if let failure = core.failure { throw failure }
    }

    /// What waits and what has happened. A container that has died while it waited is replaced.
    public var statistics: Statistics { core.statistics() }

    /// Ends the pool: every container that waits is killed and reaped, and its control group removed. Containers that
    /// came from the pool go on. Closing again does nothing. It also happens when the pool's last reference goes away,
    /// without waiting for the one that is being prepared at that moment.
    public func close() {
        core.close()
        // What was being prepared is gone when the thread comes to this. Without the thread, nothing is.
        _ = try? PoolThread.run {}
    }

    /// What a pool has and has done.
    public struct Statistics: Hashable, Sendable {
        /// The containers that wait, the oldest first.
        public var waiting: [Slot]
        /// How many are being prepared at this moment.
        public var preparing: Int
        /// How many have been prepared.
        public var prepared: Int
        /// How many have become a container, or were used up by a creation that failed.
        public var taken: Int
        /// How many were thrown away because they had died, or what a name on the host leads to has changed.
        public var discarded: Int
        /// How many containers were made from the beginning, since none waited.
        public var missed: Int
        /// Why the last try to prepare one failed; `nil` when it succeeded.
        public var lastFailure: RuntimeError?
    }

    /// A container that waits.
    public struct Slot: Hashable, Sendable {
        /// The number of its process on the host.
        public var processID: Int32
        /// The memory that only this process has, in bytes: its private pages. The kernel's own for its namespaces and
        /// mounts comes on top. `nil` when the kernel does not say.
        public var memory: UInt64?
    }
}
