// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// How a container is checkpointed and restored: what criu(8) is told.
public struct CheckpointOptions: Hashable, Sendable {
    /// What is done with control groups: `--manage-cgroups` of criu.
    public enum CgroupMode: String, CaseIterable, Sendable {
        /// Restore their properties where the restore made them.
        case soft
        /// Restore the properties of all of them.
        case full
        /// Restore, and fail when they exist.
        case strict
        /// Leave them alone.
        case ignore
    }

    /// The directory with the images; a checkpoint makes it with mode 0700 when it is missing.
    public var images: FilePath
    /// The directory for logs; `nil` is that of the images. Made with mode 0700 when it is missing.
    public var work: FilePath?
    /// The directory with the images of an earlier pre-dump, relative to ``images``.
    public var parent: FilePath?
    /// Whether the container goes on running after the checkpoint; else it is deleted.
    public var leavesRunning = false
    /// Whether only memory is saved, in preparation of a checkpoint; the container goes on running.
    public var isPreDump = false
    /// Whether open TCP connections are saved and restored.
    public var establishedTCP = false
    /// Whether TCP connections that are being set up are left out.
    public var skipsTCPInFlight = false
    /// Whether files that have no name any more are given one.
    public var linkRemap = false
    /// Whether unix sockets that lead out of the container are allowed.
    public var externalUnixSockets = false
    /// Whether the process may belong to a terminal session from outside.
    public var shellJob = false
    /// Whether file locks are saved and restored.
    public var fileLocks = false
    /// Whether memory that a later image has too is removed from the earlier one.
    public var deduplicates = false
    /// Whether memory is handed over on demand, through a page server (`criu lazy-pages`).
    public var lazyPages = false
    /// Where the page server listens, `ADDRESS:PORT`; with ``lazyPages`` on a checkpoint.
    public var pageServer: String?
    /// A descriptor of the caller that gets a zero byte when lazy pages are ready.
    public var statusDescriptor: Int32?
    /// What is done with control groups; `nil` is ``CgroupMode/soft``.
    public var cgroupMode: CgroupMode?
    /// An LSM profile of the restored process, `TYPE:NAME`.
    public var lsmProfile: String?
    /// An LSM context of restored mounts that had one.
    public var lsmMountContext: String?

    /// Makes options with everything off.
    ///
    /// - Parameter images: The directory with the images.
    public init(images: FilePath) { self.images = images }
}
