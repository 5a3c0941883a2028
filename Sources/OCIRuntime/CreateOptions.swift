// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import NamespaceKit
public import SystemPackage

/// What a creation depends on beside the configuration.
public struct CreateOptions: Sendable {
    /// The process's standard streams; `nil` is the caller's own.
    public var input: SharedDescriptor?
    /// Where its standard output goes; `nil` is the caller's own.
    public var output: SharedDescriptor?
    /// Where its standard error goes; `nil` is the caller's own.
    public var errors: SharedDescriptor?
    /// Descriptors that the process gets as 3, 4, ….
    public var preservedDescriptors: [SharedDescriptor] = []
    /// A listening unix socket that is sent the host's side of the process's terminal.
    public var consoleSocket: FilePath?
    /// A file that gets the process's number, without a line break.
    public var pidFile: FilePath?
    /// The root file system, instead of the configuration's `root.path`.
    public var root: RootFileSystem?
    /// Who makes the container's control group.
    public var cgroupManager = CgroupManager.fileSystem
    /// Whether the caller is one that may have no rights to control groups, so that a group that cannot be made is done
    /// without when nothing was asked of it. With `nil` the kernel's answer decides.
    public var isRootless: Bool?
    /// Whether the container dies with the thread that creates it.
    public var diesWithParent = false
    /// Whether the process stays in the caller's session keyring.
    public var keepsSessionKeyring = false
    /// Whether the time of each step is recorded.
    public var recordsTimes = false
    /// Notes when the host did what, and has the time of each step recorded.
    public var recorder: PhaseRecorder?
    /// Whether the root is changed with pivot_root(2), else with chroot(2): see `ContainerConfiguration.pivotsRoot`.
    public var pivotsRoot = true
    /// Whether the process gets a directory `/run/notify` for a readiness socket, `$NOTIFY_SOCKET` naming
    /// `notify.sock` in it (sd_notify(3)). The host's side is ``Container/notifySocket``, which the caller binds before
    /// the start.
    public var offersNotifySocket = false

    /// Makes the default options.
    public init() {}

    /// Whether the init is to report the time after each step.
    var timesSteps: Bool { recordsTimes || recorder != nil }
}

/// What an exec depends on beside the process.
public struct ExecOptions: Sendable {
    /// The process's standard streams; `nil` is the caller's own.
    public var input: SharedDescriptor?
    /// Where its standard output goes; `nil` is the caller's own.
    public var output: SharedDescriptor?
    /// Where its standard error goes; `nil` is the caller's own.
    public var errors: SharedDescriptor?
    /// Descriptors that the process gets as 3, 4, ….
    public var preservedDescriptors: [SharedDescriptor] = []
    /// A listening unix socket that is sent the host's side of the process's terminal.
    public var consoleSocket: FilePath?
    /// A file that gets the process's number, without a line break.
    public var pidFile: FilePath?
    /// Whether a paused container is entered too; the process runs when the container is resumed.
    public var entersPaused = false
    /// Groups below the container's control group to join instead of the group itself.
    public var controlGroup: ExecControlGroup?
    /// Whether what the process writes to its terminal arrives as it is, without carriage returns before line feeds.
    public var keepsNewlines = false

    /// Makes the default options.
    public init() {}
}
