// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

/// What a snapshot takes of the disk.
public struct SnapshotUsage: Hashable, Sendable {
    /// Bytes that are allocated for files and directories, each file counted once whatever its names.
    public internal(set) var bytes: UInt64 = 0
    /// Files, directories, links and nodes, each counted once.
    public internal(set) var inodes: UInt64 = 0

    /// Nothing.
    public init() {}
}

extension SnapshotStore {
    /// What the snapshot for the stack `chainID` takes of the disk, by itself: the layers below it are not counted.
    ///
    /// - Parameter chainID: The stack's identity.
    /// - Returns: The bytes and inodes of its tree.
    /// - Throws: ``LayerUnpackError``: `snapshotMissing`, `systemCall`.
    /// - Note: Takes time: every file is looked at. Needs to read every directory.
    public func usage(of chainID: ChainID) throws(LayerUnpackError) -> SnapshotUsage {
        guard let tree = try tree(of: chainID) else {
            throw LayerUnpackError(.snapshotMissing, "measure snapshot", detail: chainID.description)
        }
        var meter = TreeMeter()
        try meter.add(tree)
        return meter.usage
    }
}

/// Adds up what a tree takes.
private struct TreeMeter {
    private(set) var usage = SnapshotUsage()
    private var linked: Set<FileIdentity> = []

    mutating func add(_ directory: TreeDirectory) throws(LayerUnpackError) {
        do throws(SystemCallError) { count(try directory.descriptor.status()) } catch {
            throw LayerUnpackError("look at directory", error)
        }
        for entry in try directory.entries() {
            guard let status = try directory.status(entry.name) else { continue }
            if status.kind == .directory { try add(directory.directory(entry.name)) } else { count(status) }
        }
    }

    private mutating func count(_ status: FileStatus) {
        if status.kind != .directory && status.linkCount > 1 {
            guard linked.insert(FileIdentity(status)).inserted else { return }
        }
        usage.bytes += status.blocks * 512
        usage.inodes += 1
    }
}
