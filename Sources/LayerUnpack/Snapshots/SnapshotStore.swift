// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
public import OCISpec
public import SystemPackage

/// A directory of unpacked layers, one directory each, for overlayfs to stack.
///
/// ```
/// lock                        held by whoever unpacks (shared) or sweeps (exclusive)
/// locks/ALGORITHM-HASH        held by whoever unpacks or removes this snapshot
/// ingest/RANDOM/fs            a layer that is being unpacked
/// snapshots/ALGORITHM-HASH/fs a complete layer, named by its chain's identity
/// ```
///
/// A snapshot is visible only once it is complete and its diffID has matched: it is renamed into place. Several
/// processes may use one store at the same time.
public final class SnapshotStore: Sendable {
    /// Where the store is.
    public let path: FilePath
    /// How snapshots are kept.
    public let options: SnapshotOptions
    private let directory: OwnedFileDescriptor

    /// Opens the store at `path`, making it with mode 0700 where it is missing; its parent must exist.
    ///
    /// What processes that died left half unpacked is removed, unless another process is unpacking.
    ///
    /// - Throws: ``LayerUnpackError`` (`systemCall`).
    public init(at path: FilePath, options: SnapshotOptions = SnapshotOptions()) throws(LayerUnpackError) {
        self.path = path
        self.options = options
        do throws(SystemCallError) {
            let made = path.withCString { unsafe clinux_mkdirat(CLINUX_AT_FDCWD, $0, 0o700) }
            if made < 0 && made != -CLINUX_EEXIST {
                throw SystemCallError(call: "mkdirat", path: path, errno: Errno(rawValue: -made))
            }
            directory = try .open(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)
            let root = RootDirectory(takingOver: try directory.duplicate())
            for name in ["locks", "ingest", "snapshots"] as [FilePath] { try root.makeDirectories(name, mode: 0o700) }
        } catch {
            throw LayerUnpackError("open snapshot store", error)
        }
        try sweep()
    }

    /// Unpacks the layers of an image that are not here yet.
    ///
    /// - Parameter layers: The layers, the lowest first, each with its diffID.
    /// - Returns: A report for each layer, or `nil` for a layer that was here already.
    /// - Throws: ``LayerUnpackError``. Snapshots that were complete stay; the one that failed leaves nothing.
    /// - Note: Needs what ``FlatUnpacker/unpack(_:into:)`` needs, and `CAP_SYS_ADMIN` for opaque directories.
    @discardableResult
    public func unpack(_ layers: [LayerSource]) throws(LayerUnpackError) -> [LayerReport?] {
        var diffIDs: [Digest] = []
        for (position, layer) in layers.enumerated() {
            guard let diffID = layer.diffID else {
                throw LayerUnpackError(.diffIDMismatch, "unpack snapshot", detail: "the layer has no diffID").inLayer(
                    position
                )
            }
            diffIDs.append(diffID)
        }
        var reports: [LayerReport?] = []
        for (position, chainID) in ChainID.chain(of: diffIDs).enumerated() {
            do throws(LayerUnpackError) { reports.append(try unpack(layers[position], as: chainID)) } catch {
                throw error.inLayer(position)
            }
        }
        return reports
    }

    /// Unpacks one layer as the top of the stack `chainID`, unless it is here. Calls for different layers of an image
    /// may run at the same time.
    public func unpack(_ layer: LayerSource, as chainID: ChainID) throws(LayerUnpackError) -> LayerReport? {
        let root = try openDirectory(nil)
        let presence = try StoreLock(Self.lockName, in: root, .shared)
        defer { _ = presence }
        let own = try StoreLock(chainID.directoryName, in: try openDirectory("locks"), .exclusive)
        defer { _ = own }
        if try contains(chainID) { return nil }
        let ingest = try openDirectory("ingest")
        let name = Array("i\(UInt64.random(in: .min ... .max))".utf8)
        try ingest.makeDirectory(name)
        do throws(LayerUnpackError) {
            let fileSystem = Array("fs".utf8)
            let container = try ingest.directory(name)
            try container.makeDirectory(fileSystem)
            let target = try container.directory(fileSystem)
            try OpenFile.setMode(target.descriptor, 0o755)
            let report = try LayerApplier(target, form: .overlay(options.marks), options: options.unpack).apply(layer)
            try publish(name, from: ingest, as: chainID)
            return report
        } catch {
            // What cannot be removed now is swept later; the error that led here counts.
            try? ingest.removeTree(name)
            throw error
        }
    }

    private func publish(
        _ name: [UInt8],
        from ingest: TreeDirectory,
        as chainID: ChainID
    ) throws(LayerUnpackError) {
        let snapshots = try openDirectory("snapshots")
        do throws(SystemCallError) {
            let number = directory.rawValue
            if options.durability == .flushed { try systemCall("syncfs") { clinux_syncfs(number) } }
            let from = ingest.descriptor.rawValue
            let to = snapshots.descriptor.rawValue
            try systemCall("renameat2") {
                withCString(name) { old in
                    withCString(chainID.directoryName) {
                        unsafe clinux_renameat2(from, old, to, $0, UInt32(CLINUX_RENAME_NOREPLACE))
                    }
                }
            }
            if options.durability == .flushed { try snapshots.descriptor.synchronize() }
        } catch {
            throw LayerUnpackError("publish snapshot", error)
        }
    }

    /// Whether the snapshot for the stack `chainID` is here.
    public func contains(_ chainID: ChainID) throws(LayerUnpackError) -> Bool {
        try openDirectory("snapshots").status(chainID.directoryName) != nil
    }

    /// The snapshots that are here, in no order; other files are left out.
    public func chainIDs() throws(LayerUnpackError) -> [ChainID] {
        try openDirectory("snapshots").entries().compactMap { ChainID(directoryName: $0.name) }
    }

    /// Removes the snapshot for the stack `chainID`; one that is not here is removed already.
    ///
    /// The caller has made sure that no mount uses it. It disappears by a rename, so that nobody sees half of it.
    public func remove(_ chainID: ChainID) throws(LayerUnpackError) {
        let presence = try StoreLock(Self.lockName, in: try openDirectory(nil), .shared)
        defer { _ = presence }
        let own = try StoreLock(chainID.directoryName, in: try openDirectory("locks"), .exclusive)
        defer { _ = own }
        guard try contains(chainID) else { return }
        let doomed = Array("r\(UInt64.random(in: .min ... .max))".utf8)
        let ingest = try openDirectory("ingest")
        let snapshots = try openDirectory("snapshots")
        do throws(SystemCallError) {
            let to = ingest.descriptor.rawValue
            let from = snapshots.descriptor.rawValue
            try systemCall("renameat2") {
                withCString(chainID.directoryName) { old in
                    withCString(doomed) { unsafe clinux_renameat2(from, old, to, $0, 0) }
                }
            }
        } catch {
            throw LayerUnpackError("remove snapshot", error)
        }
        try ingest.removeTree(doomed)
    }

    /// The directories that overlayfs stacks for an image, the topmost first, as its option `lowerdir` wants them.
    ///
    /// - Parameter diffIDs: The image's diffIDs, the lowest first.
    /// - Returns: One path for each layer that can be seen: what an opaque root hides is left out.
    /// - Throws: ``LayerUnpackError``: `snapshotMissing` when a layer has not been unpacked.
    public func lowerDirectories(for diffIDs: [Digest]) throws(LayerUnpackError) -> [FilePath] {
        var paths: [FilePath] = []
        let snapshots = try openDirectory("snapshots")
        for (position, chainID) in ChainID.chain(of: diffIDs).enumerated() {
            guard try contains(chainID) else {
                throw LayerUnpackError(.snapshotMissing, "find snapshot", detail: chainID.description).inLayer(position)
            }
            let root = try snapshots.openInRoot(chainID.directoryName + Array("/fs".utf8), CLINUX_O_RDONLY)
            // Overlayfs takes no notice of an opaque mark on a layer's root: what it hides is left out here.
            if try OpenFile.attributeNames(root).contains(options.marks.opaqueAttribute) { paths.removeAll() }
            paths.append(
                path.appending("snapshots").appending(FilePath(bytes: chainID.directoryName).string).appending("fs")
            )
        }
        return paths.reversed()
    }

    /// Opens the tree of a snapshot; `nil` when it is not here.
    func tree(of chainID: ChainID) throws(LayerUnpackError) -> TreeDirectory? {
        guard try contains(chainID) else { return nil }
        return try openDirectory("snapshots").directory(chainID.directoryName).directory(Array("fs".utf8))
    }

    /// Removes what is half unpacked or half removed, unless somebody is at work.
    private func sweep() throws(LayerUnpackError) {
        guard let alone = try StoreLock(trying: Self.lockName, in: try openDirectory(nil), .exclusive) else { return }
        defer { _ = alone }
        let ingest = try openDirectory("ingest")
        for entry in try ingest.entries() { try ingest.removeTree(entry.name) }
    }

    private func openDirectory(_ name: String?) throws(LayerUnpackError) -> TreeDirectory {
        let own: OwnedFileDescriptor
        do throws(SystemCallError) { own = try directory.duplicate() } catch {
            throw LayerUnpackError("open snapshot store", error)
        }
        let base = try TreeDirectory(own)
        return if let name { try base.directory(Array(name.utf8)) } else { base }
    }

    private static let lockName = Array("lock".utf8)
}
