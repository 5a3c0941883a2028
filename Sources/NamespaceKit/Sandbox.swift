// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
public import SystemPackage

/// A process with namespaces and a file system of its own, without images or OCI: what bubblewrap is as a program.
///
/// By default it sees the host's files read-only, has a private `/tmp`, no network, no capabilities, and docker's
/// seccomp filter:
///
/// ```swift
/// var sandbox = Sandbox(["make", "test"])
/// sandbox.share("/work/project", writable: true)
/// sandbox.workingDirectory = "/work/project"
/// let exit = try await sandbox.run()
/// ```
///
/// - Note: Needs `CAP_SYS_ADMIN`; without it, a user namespace is used in which root is the caller.
public struct Sandbox: Sendable {
    /// Everything about the process and its surroundings. The methods of this type only edit it.
    public var configuration: ContainerConfiguration

    /// A sandbox around a program that sees the host's root file system read-only.
    ///
    /// - Parameters:
    ///   - arguments: The program and its arguments. A program without a slash is looked up in `PATH`.
    ///   - environment: `NAME=value` entries; nothing of the caller's environment is passed on by itself.
    ///   - root: The directory that becomes `/`.
    public init(
        _ arguments: [String],
        environment: [String] = [Self.defaultPath],
        root: FilePath = "/"
    ) {
        let process = ProcessConfiguration(
            arguments: arguments.map { Array($0.utf8) },
            environment: environment.map { Array($0.utf8) }
        )
        configuration = ContainerConfiguration(process: process)
        configuration.namespaces = .isolated
        configuration.root = .directory(root)
        configuration.mounts = Self.standardMounts
        configuration.devices = DeviceNode.defaults
        configuration.links = SymbolicLink.defaults
        configuration.maskedPaths = Self.standardMaskedPaths
        configuration.readOnlyPaths = Self.standardReadOnlyPaths
        configuration.rootIsReadOnly = true
        configuration.diesWithParent = false
    }

    /// The `PATH` that programs get when nothing else is said.
    public static let defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The working directory inside.
    public var workingDirectory: FilePath {
        get { configuration.process.workingDirectory }
        set { configuration.process.workingDirectory = newValue }
    }

    /// Shows a host path inside at the same or another place.
    public mutating func share(_ path: FilePath, at destination: FilePath? = nil, writable: Bool = false) {
        configuration.mounts.append(.bind(path, at: destination ?? path, readOnly: !writable))
    }

    /// Uses the host's network.
    public mutating func shareNetwork() { configuration.namespaces.network = .host }

    /// Runs the program to its end with the caller's standard streams.
    ///
    /// - Returns: How it ended and what it used.
    /// - Throws: ``NamespaceError`` when it cannot be started; `CancellationError` when the task is cancelled, after
    ///   the program has been killed.
    public func run() async throws -> ProcessExit {
        let process = try spawn()
        do { return try await process.wait() } catch {
            // Cancelled or broken: nothing may outlive the call.
            process.kill()
            _ = try? process.reap()
            throw error
        }
    }

    /// Starts the program and returns while it runs.
    ///
    /// - Parameters:
    ///   - input: What it reads as standard input; `nil` is the caller's.
    ///   - output: Where its standard output goes; `nil` is the caller's.
    ///   - errors: Where its standard error goes; `nil` is the caller's.
    /// - Returns: The process, which runs.
    /// - Throws: ``NamespaceError``; nothing is left behind then.
    public func spawn(
        input: SharedDescriptor? = nil,
        output: SharedDescriptor? = nil,
        errors: SharedDescriptor? = nil
    ) throws -> SandboxProcess {
        let streams: Launcher.Streams
        do throws(SystemCallError) {
            streams = Launcher.Streams(
                input: try StandardStream.resolve(input, 0),
                output: try StandardStream.resolve(output, 1),
                errors: try StandardStream.resolve(errors, 2)
            )
        } catch { throw NamespaceError("duplicate a standard stream", error) }
        var options = PlanBuilder.Options()
        options.opensSourcesOnHost = CapabilitySet.effective.contains(.sysAdmin)
        let chosen =
            options.opensSourcesOnHost
            ? configuration : try unprivilegedConfiguration(uid: clinux_geteuid(), gid: clinux_getegid())
        let prepared = try PlanBuilder.prepare(chosen, options: options)
        var launched = try Launcher.launch(prepared, streams: streams, cgroup: nil)
        do throws(NamespaceError) { try launched.start() } catch {
            _ = try? launched.process.reap()
            throw error
        }
        return SandboxProcess(launched)
    }

    private static var standardMounts: [ContainerMount] {
        let quiet: MountFlags = [.noSetuid, .noDevices, .noExecution]
        func options(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }
        return [
            ContainerMount(.fileSystem(type: "proc", options: []), at: "/proc", set: quiet),
            ContainerMount(
                .fileSystem(type: "tmpfs", options: options("mode=755", "size=65536k")),
                at: "/dev",
                set: [.noSetuid]
            ),
            ContainerMount(
                .fileSystem(type: "devpts", options: options("newinstance", "ptmxmode=0666", "mode=0620", "gid=5")),
                at: "/dev/pts",
                set: [.noSetuid, .noExecution]
            ),
            ContainerMount(
                .fileSystem(type: "tmpfs", options: options("mode=1777", "size=65536k")),
                at: "/dev/shm",
                set: quiet
            ),
            ContainerMount(.fileSystem(type: "mqueue", options: []), at: "/dev/mqueue", set: quiet),
            ContainerMount(.fileSystem(type: "sysfs", options: []), at: "/sys", set: quiet.union(.readOnly)),
            .tmpfs(at: "/tmp", mode: 0o1777),
        ]
    }

    /// Paths of procfs and sysfs that tell about the host: the list of docker's default configuration.
    public static let standardMaskedPaths: [FilePath] = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]

    /// Paths of procfs that change the host: the list of docker's default configuration.
    public static let standardReadOnlyPaths: [FilePath] = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]
}
