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
    /// What looks like a number is a number and never a name, else an image could say who `1000` is; it need not be in
    /// the files. The primary group is among the further groups too, so that a set-group-ID program does not lose it.
    ///
    /// - Throws: ``ContainerStoreError``: `invalidOptions` for a name that is not there, and for a number that has a
    ///   sign or is no user's.
    init(_ specification: String, groups: [String], in database: UserDatabase) throws(ContainerStoreError) {
        let parts = specification.utf8.split(
            separator: UInt8(ascii: ":"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        ).map(Array.init)
        let wanted = parts[0].isEmpty ? Array("0".utf8) : parts[0]
        let number = UserDatabase.number(wanted)
        if number == nil, Self.looksLikeNumber(wanted) { throw Self.outOfRange("user", wanted) }
        let known = database.users.first { number == nil ? $0.name == wanted : $0.uid == number }
        guard let uid = known?.uid ?? number else { throw Self.unknown("user", wanted, "/etc/passwd") }
        self.uid = uid
        gid = known?.gid ?? 0
        if let directory = known?.home, !directory.isEmpty { home = directory }
        if parts.count == 2, !parts[1].isEmpty {
            gid = try Self.group(parts[1], in: database)
        } else if let known {
            additionalGroups = database.groups.filter { $0.members.contains(known.name) }.map(\.gid)
        }
        if gid != 0 || !additionalGroups.isEmpty, !additionalGroups.contains(gid) {
            additionalGroups.insert(gid, at: 0)
        }
        for name in groups {
            let extra = try Self.group(Array(name.utf8), in: database)
            if !additionalGroups.contains(extra) { additionalGroups.append(extra) }
        }
    }

    private static func group(_ name: [UInt8], in database: UserDatabase) throws(ContainerStoreError) -> UInt32 {
        if let gid = UserDatabase.number(name) { return gid }
        if looksLikeNumber(name) { throw outOfRange("group", name) }
        guard let known = database.groups.first(where: { $0.name == name }) else {
            throw unknown("group", name, "/etc/group")
        }
        return known.gid
    }

    /// Digits, be it with a sign: what other programs may take for a number.
    private static func looksLikeNumber(_ name: [UInt8]) -> Bool {
        let signs = [UInt8(ascii: "+"), UInt8(ascii: "-")]
        let digits = name.first.map(signs.contains) == true ? name.dropFirst() : name[...]
        return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func outOfRange(_ what: String, _ name: [UInt8]) -> ContainerStoreError {
        ContainerStoreError(
            .invalidOptions,
            "the \(what) \(String(decoding: name, as: UTF8.self)) is no number from 0 to 4294967294",
            hint: "use a number in range, or a name that the image has"
        )
    }

    private static func unknown(_ what: String, _ name: [UInt8], _ file: String) -> ContainerStoreError {
        ContainerStoreError(
            .invalidOptions,
            "unable to find \(what) \(String(decoding: name, as: UTF8.self)): no matching entry in \(file)",
            hint: "use a number, or a name that the image has"
        )
    }
}
