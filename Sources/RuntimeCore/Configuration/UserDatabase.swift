// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The users and groups of an image: its `/etc/passwd` and `/etc/group`, read leniently, as bytes.
struct UserDatabase: Hashable, Sendable {
    /// A line of `/etc/passwd`.
    struct User: Hashable, Sendable {
        var name: [UInt8]
        var uid: UInt32
        var gid: UInt32
        var home: [UInt8]
    }

    /// A line of `/etc/group`.
    struct Group: Hashable, Sendable {
        var name: [UInt8]
        var gid: UInt32
        var members: [[UInt8]]
    }

    var users: [User] = []
    var groups: [Group] = []

    /// Reads the two files; lines that are malformed are skipped, as the C library does.
    init(passwd: [UInt8], group: [UInt8]) {
        for fields in Self.lines(passwd) where fields.count >= 6 {
            guard let uid = Self.number(fields[2]), let gid = Self.number(fields[3]) else { continue }
            users.append(User(name: fields[0], uid: uid, gid: gid, home: fields[5]))
        }
        for fields in Self.lines(group) where fields.count >= 4 {
            guard let gid = Self.number(fields[2]) else { continue }
            let members = fields[3].split(separator: UInt8(ascii: ",")).map(Array.init)
            groups.append(Group(name: fields[0], gid: gid, members: members))
        }
    }

    private static func lines(_ file: [UInt8]) -> [[[UInt8]]] {
        file.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(Array.init)
        }
    }

    /// A decimal number from 0 to 2^32 - 2; the highest one means "unchanged" to the kernel.
    static func number(_ bytes: some Sequence<UInt8>) -> UInt32? {
        guard let value = UInt32(String(decoding: Array(bytes), as: UTF8.self)), value != .max else { return nil }
        // "+5" is a number to Swift.
        return bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? value : nil
    }
}
