// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec
internal import SystemPackage

/// Command lines of criu(8).
///
/// The command line is used, and not criu's protocol over a socket: it needs no protobuf, an error is in the log either
/// way, and what only the protocol has, handing over the terminal's host side, is refused by name.
enum CRIUArguments {
    /// The log's name in the work directory.
    static func logFile(dump isDump: Bool) -> String { isDump ? "dump.log" : "restore.log" }

    /// `criu dump`, or `criu pre-dump`.
    ///
    /// - Parameters:
    ///   - options: What is asked for.
    ///   - processID: The container's process.
    ///   - configuration: The container's configuration.
    ///   - freezer: The directory of its group in the hierarchy that freezes, if there is one.
    ///   - networkInode: The inode of a network namespace that is not the container's own.
    /// - Returns: The arguments, without the program's name.
    static func dump(
        _ options: CheckpointOptions,
        processID: Int,
        configuration: RuntimeConfiguration,
        freezer: FilePath?,
        networkInode: UInt64?
    ) -> [String] {
        var words = [options.isPreDump ? "pre-dump" : "dump", "--tree", "\(processID)"]
        words += common(options, log: logFile(dump: true))
        if let parent = options.parent { words += ["--prev-images-dir", parent.string, "--track-mem"] }
        if options.leavesRunning && !options.isPreDump { words.append("--leave-running") }
        words += flag("--skip-in-flight", options.skipsTCPInFlight) + flag("--link-remap", options.linkRemap)
        if let freezer { words += ["--freeze-cgroup", freezer.string] }
        if options.statusDescriptor != nil { words += ["--status-fd", "\(statusNumber)"] }
        if let server = options.pageServer, let colon = server.lastIndex(of: ":") {
            words += ["--page-server", "--address", String(server[..<colon])]
            words += ["--port", String(server[server.index(after: colon)...])]
        }
        if let networkInode { words += ["--external", "net[\(networkInode)]:\(networkKey)"] }
        if options.isPreDump { return words }
        for mount in binds(configuration) { words += ["--external", "mnt[\(mount.destination)]:\(mount.destination)"] }
        for path in configuration.linux?.maskedPaths ?? [] { words += ["--external", "mnt[\(path)]:\(path)"] }
        return words
    }

    /// `criu restore`; the process becomes a child of criu's parent.
    ///
    /// - Parameters:
    ///   - options: What is asked for.
    ///   - root: The root file system, which is a mount.
    ///   - configuration: The container's configuration.
    ///   - bundle: Where relative sources start.
    ///   - pidFile: What gets the process's number.
    ///   - emptyDirectory: What masked directories are covered with.
    ///   - isDirectory: Whether a path in the root is a directory.
    ///   - streams: What the process's standard streams were, as `/proc/PID/fd` has it.
    ///   - network: The number of the descriptor that holds the network namespace, if it is not the container's own.
    /// - Returns: The arguments, without the program's name.
    static func restore(
        _ options: CheckpointOptions,
        root: FilePath,
        configuration: RuntimeConfiguration,
        bundle: FilePath,
        pidFile: FilePath,
        emptyDirectory: FilePath,
        isDirectory: (String) -> Bool,
        streams: [String],
        network: Int?
    ) -> [String] {
        var words = ["restore", "--restore-detached", "--restore-sibling", "--evasive-devices"]
        words += ["--root", root.string, "--pidfile", pidFile.string]
        words += common(options, log: logFile(dump: false))
        if let profile = options.lsmProfile { words += ["--lsm-profile", profile] }
        if let context = options.lsmMountContext { words += ["--lsm-mount-context", context] }
        for mount in binds(configuration) {
            words += ["--external", "mnt[\(mount.destination)]:\(bundle.pushing(FilePath(mount.source ?? "")))"]
        }
        for path in configuration.linux?.maskedPaths ?? [] {
            words += ["--external", "mnt[\(path)]:\(isDirectory(path) ? emptyDirectory.string : "/dev/null")"]
        }
        for (number, stream) in streams.enumerated() where stream.hasPrefix("pipe:[") {
            words += ["--inherit-fd", "fd[\(number)]:\(stream)"]
        }
        if let network { words += ["--inherit-fd", "fd[\(network)]:\(networkKey)"] }
        return words
    }

    /// The number under which criu gets the caller's status descriptor.
    static let statusNumber = 3
    private static let networkKey = "extRootNetNS"

    private static func common(_ options: CheckpointOptions, log: String) -> [String] {
        var words = ["--images-dir", options.images.string, "--log-file", log, "-v4"]
        if let work = options.work { words += ["--work-dir", work.string] }
        // Nobody here configures network devices, so the restored ones would be wrong.
        words += ["--manage-cgroups=\((options.cgroupMode ?? .soft).rawValue)", "--empty-ns", "net"]
        words += flag("--tcp-established", options.establishedTCP) + flag("--ext-unix-sk", options.externalUnixSockets)
        words += flag("--shell-job", options.shellJob) + flag("--file-locks", options.fileLocks)
        words += flag("--auto-dedup", options.deduplicates) + flag("--lazy-pages", options.lazyPages)
        return words
    }

    private static func flag(_ name: String, _ isSet: Bool) -> [String] { isSet ? [name] : [] }

    private static func binds(_ configuration: RuntimeConfiguration) -> [RuntimeConfiguration.Mount] {
        (configuration.mounts ?? []).filter { mount in
            mount.type == "bind" || (mount.options ?? []).contains { $0 == "bind" || $0 == "rbind" }
        }
    }
}
