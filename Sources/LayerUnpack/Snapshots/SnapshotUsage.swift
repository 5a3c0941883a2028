// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

package import LinuxSystem
internal import SystemPackage

/// What a snapshot takes of the disk.
public struct SnapshotUsage: Hashable, Sendable {
    /// Bytes that are allocated for files and directories, each file counted once whatever its names.
    public internal(set) var bytes: UInt64 = 0
    /// Files, directories, links and nodes, each counted once.
    public internal(set) var inodes: UInt64 = 0

    /// Nothing.
    public init() {}

    package init(_ space: TreeSpace) { (bytes, inodes) = (space.bytes, space.inodes) }
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
        do throws(SystemCallError) {
            return SnapshotUsage(try RootDirectory(takingOver: try tree.descriptor.duplicate()).space(of: "."))
        } catch {
            throw LayerUnpackError("measure snapshot", error)
        }
    }
}
