// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// Reads `--uidmap` and `--gidmap` as podman has them.
enum IDMapFlag {
    /// - Parameters:
    ///   - uid: Ranges of users.
    ///   - gid: Ranges of groups.
    /// - Returns: The mapping; one list stands for both where the other is empty. `nil` without any.
    /// - Throws: ``Failure`` for what is no range.
    static func read(uid: [String], gid: [String]) throws(Failure) -> UserMapping? {
        if uid.isEmpty && gid.isEmpty { return nil }
        let users = try uid.map { (text) throws(Failure) in try range(text, "--uidmap") }
        let groups = try gid.map { (text) throws(Failure) in try range(text, "--gidmap") }
        return UserMapping(uid: users.isEmpty ? groups : users, gid: groups.isEmpty ? users : groups)
    }

    private static func range(_ text: String, _ flag: String) throws(Failure) -> IDMapping {
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = words.compactMap { UInt32($0) }
        guard words.count == 3, numbers.count == 3, numbers[2] > 0 else {
            throw Failure("invalid argument \"\(text)\" for \(flag): not CONTAINER:HOST:COUNT, such as 0:100000:65536")
        }
        return IDMapping(containerID: numbers[0], hostID: numbers[1], count: numbers[2])
    }
}
