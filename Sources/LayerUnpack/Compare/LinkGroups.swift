// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

/// Which names stand for one file, before and after.
///
/// A group of names that is the same in both trees need not be written; of every other one, all names are.
struct LinkGroups {
    private struct Name {
        let path: [UInt8]
        let upper: FileIdentity
        /// What had the name before; `nil` for a file that changed.
        let lower: FileIdentity?
    }

    private var names: [Name] = []

    /// Takes note of a file that is new or changed.
    mutating func add(changed path: [UInt8], _ upper: FileStatus) {
        if upper.linkCount > 1 { names.append(Name(path: path, upper: FileIdentity(upper), lower: nil)) }
    }

    /// Takes note of a file that is as it was, but perhaps for its links.
    mutating func add(unchanged path: [UInt8], _ lower: FileStatus, _ upper: FileStatus) {
        guard upper.linkCount > 1 || lower.linkCount > 1 else { return }
        names.append(Name(path: path, upper: FileIdentity(upper), lower: FileIdentity(lower)))
    }

    /// The unchanged names whose group is another one than before.
    var changed: [[UInt8]] {
        var after: [FileIdentity: [Name]] = [:]
        var before: [FileIdentity: Set<FileIdentity>] = [:]
        for name in names {
            after[name.upper, default: []].append(name)
            if let lower = name.lower { before[lower, default: []].insert(name.upper) }
        }
        return after.values.flatMap { group in
            let lowers = Set(group.map(\.lower))
            if lowers.count == 1, let lower = lowers.first ?? nil, before[lower]?.count == 1 { return [[UInt8]]() }
            return group.filter { $0.lower != nil }.map(\.path)
        }
    }
}
