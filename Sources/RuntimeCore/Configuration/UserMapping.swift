// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import NamespaceKit
internal import OCISpec

/// Which users and groups of the host those of a container are: a user namespace of its own.
///
/// Files keep the owners that the image gives them, in the store and in images that are made of the container; only the mount
/// shows them as the container's. A process that escapes is a user that owns nothing on the host.
///
/// - SeeAlso: user_namespaces(7); mount_setattr(2), "ID mappings".
public struct UserMapping: Hashable, Sendable {
    /// The ranges of users; one of them has user 0 of the container.
    public var uid: [IDMapping]
    /// The ranges of groups; one of them has group 0 of the container.
    public var gid: [IDMapping]

    /// Makes a mapping.
    ///
    /// - Parameters:
    ///   - uid: The ranges of users.
    ///   - gid: The ranges of groups.
    public init(uid: [IDMapping], gid: [IDMapping]) {
        self.uid = uid
        self.gid = gid
    }

    /// Maps users and groups from 0 on to those from `hostID` on.
    ///
    /// - Parameters:
    ///   - hostID: What user and group 0 of the container are on the host.
    ///   - count: How many there are.
    public init(from hostID: UInt32, count: UInt32 = 65_536) {
        let range = [IDMapping(containerID: 0, hostID: hostID, count: count)]
        self.init(uid: range, gid: range)
    }

    /// What the container's document says.
    init?(uid: [LinuxIDMapping]?, gid: [LinuxIDMapping]?) {
        guard let uid, let gid else { return nil }
        func ranges(_ mappings: [LinuxIDMapping]) -> [IDMapping] {
            mappings.map { IDMapping(containerID: $0.containerID, hostID: $0.hostID, count: $0.size) }
        }
        self.init(uid: ranges(uid), gid: ranges(gid))
    }

    /// The same as the specification has it.
    static func document(_ ranges: [IDMapping]) -> [LinuxIDMapping] {
        ranges.map { LinuxIDMapping(containerID: $0.containerID, hostID: $0.hostID, size: $0.count) }
    }

    /// Looks whether it is one that the kernel takes.
    ///
    /// - Throws: ``ContainerStoreError``: `invalidOptions` for ranges that overlap or have ids beyond all, and as ``root()``.
    func check() throws(ContainerStoreError) {
        _ = try root()
        for ranges in [uid, gid] {
            for begin in [\IDMapping.containerID, \.hostID] {
                var next: UInt64 = 0
                for range in ranges.sorted(by: { $0[keyPath: begin] < $1[keyPath: begin] }) {
                    let first = UInt64(range[keyPath: begin])
                    let end = first + UInt64(range.count)
                    guard first >= next, range.count > 0, end <= UInt64(UInt32.max) else {
                        throw ContainerStoreError(
                            .invalidOptions,
                            "the ids \(first) to \(end) of the user namespace's ranges overlap others, or are none"
                        )
                    }
                    next = end
                }
            }
        }
    }

    /// Who root of the container is on the host.
    ///
    /// - Throws: ``ContainerStoreError``: `invalidOptions` when that is nobody.
    func root() throws(ContainerStoreError) -> (uid: UInt32, gid: UInt32) {
        guard let user = uid.lazy.compactMap({ $0.hostID(for: 0) }).first,
            let group = gid.lazy.compactMap({ $0.hostID(for: 0) }).first
        else {
            throw ContainerStoreError(
                .invalidOptions,
                "the user namespace has no user 0 or no group 0",
                hint: "map the container's ids from 0 on, for example 0:100000:65536"
            )
        }
        return (user, group)
    }

    /// The mapping for mounts: with the host's root, who makes overlayfs' own files, as an id that no image has.
    var withCaller: UserMapping { UserMapping(uid: Self.addingRoot(uid), gid: Self.addingRoot(gid)) }

    private static func addingRoot(_ ranges: [IDMapping]) -> [IDMapping] {
        let end = ranges.map { UInt64($0.containerID) + UInt64($0.count) }.max() ?? 0
        // -1 is no id.
        guard ranges.allSatisfy({ $0.hostID != 0 }), end < UInt64(UInt32.max) else { return ranges }
        return ranges + [IDMapping(containerID: UInt32(end), hostID: 0, count: 1)]
    }
}
