// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A line of a resctrl group's `schemata`: a resource, and a value for each of its domains.
///
/// The kernel shows what it was told with its own order and padding, so lines are compared by what they mean.
struct SchemaLine: Hashable, Sendable {
    /// For example `L3` or `MB`.
    let resource: String
    /// Values by domain, both without leading zeros, in lower case.
    let values: [String: String]

    /// Reads a line such as `L3:0=7f0;1=1f`; `nil` when it is none.
    init?(_ line: Substring) {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        resource = String(Self.trimmed(parts[0]))
        var values: [String: String] = [:]
        for item in parts[1].split(separator: ";") {
            let pair = item.split(separator: "=", omittingEmptySubsequences: false).map(Self.trimmed)
            guard pair.count == 2 else { return nil }
            values[Self.normalized(pair[0])] = Self.normalized(pair[1])
        }
        self.values = values
    }

    /// Whether `schemata`, a group's file, says at least what this line says.
    func holds(in schemata: String) -> Bool {
        let present = schemata.split(separator: "\n").compactMap { SchemaLine($0) }.filter { $0.resource == resource }
        return values.allSatisfy { domain, value in present.contains { $0.values[domain] == value } }
            && !present.isEmpty
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let front = text.drop { $0 == " " || $0 == "\t" }
        return front.prefix { $0 != " " && $0 != "\t" && $0 != "\r" }
    }

    private static func normalized(_ text: Substring) -> String {
        let digits = text.drop { $0 == "0" }
        return digits.isEmpty ? "0" : digits.lowercased()
    }
}
