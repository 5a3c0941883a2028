// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Who a container's process is.
struct UserIdentity: Hashable, Sendable {
    /// The user.
    var uid: UInt32 = 0
    /// The group.
    var gid: UInt32 = 0
    /// Further groups.
    var additionalGroups: [UInt32] = []
    /// The home directory.
    var home: [UInt8] = [UInt8(ascii: "/")]

    /// Looks up who `specification` means: `user`, `uid`, `user:group`, `uid:gid` and mixtures; empty is root.
    ///
    /// A name comes before a number, as docker has it; a number need not be in the files.
    ///
    /// - Throws: ``ContainerStoreError``: `invalidOptions` for a name that is not there.
    init(_ specification: String, groups: [String], in database: UserDatabase) throws(ContainerStoreError) {
        let parts = specification.utf8.split(
            separator: UInt8(ascii: ":"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        ).map(Array.init)
        let wanted = parts[0].isEmpty ? Array("0".utf8) : parts[0]
        let number = UserDatabase.number(wanted)
        let known = database.users.first { $0.name == wanted } ?? database.users.first { $0.uid == number }
        guard let uid = known?.uid ?? number else { throw Self.unknown("user", wanted, "/etc/passwd") }
        self.uid = uid
        gid = known?.gid ?? 0
        if let directory = known?.home, !directory.isEmpty { home = directory }
        if parts.count == 2, !parts[1].isEmpty {
            gid = try Self.group(parts[1], in: database)
        } else if let known {
            additionalGroups = database.groups.filter { $0.members.contains(known.name) }.map(\.gid)
        }
        for name in groups {
            let extra = try Self.group(Array(name.utf8), in: database)
            if !additionalGroups.contains(extra) { additionalGroups.append(extra) }
        }
    }

    private static func group(_ name: [UInt8], in database: UserDatabase) throws(ContainerStoreError) -> UInt32 {
        if let known = database.groups.first(where: { $0.name == name }) { return known.gid }
        guard let gid = UserDatabase.number(name) else { throw unknown("group", name, "/etc/group") }
        return gid
    }

    private static func unknown(_ what: String, _ name: [UInt8], _ file: String) -> ContainerStoreError {
        ContainerStoreError(
            .invalidOptions,
            "unable to find \(what) \(String(decoding: name, as: UTF8.self)): no matching entry in \(file)",
            hint: "use a number, or a name that the image has"
        )
    }
}
