// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// `KEY=VALUE` and comma separated lists of them.
enum KeyValue {
    /// A pair; without `=` the value is empty where that is allowed.
    static func read(_ text: String, of flag: String, needsValue: Bool = false) throws(Failure) -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard !parts[0].isEmpty, parts.count == 2 || !needsValue else {
            throw Failure("invalid argument \"\(text)\" for \(flag): the form is KEY=VALUE")
        }
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }

    /// The pairs of `texts`; the last of a key counts.
    static func dictionary(_ texts: [String], of flag: String) throws(Failure) -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            let (key, value) = try read(text, of: flag)
            pairs[key] = value
        }
        return pairs
    }

    /// The fields of a value such as `type=bind,src=/a,ro`.
    static func fields(_ text: String, of flag: String) throws(Failure) -> [(key: String, value: String?)] {
        var fields: [(key: String, value: String?)] = []
        for field in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard !parts[0].isEmpty else { throw Failure("invalid argument \"\(text)\" for \(flag): an empty field") }
            fields.append((parts[0].lowercased(), parts.count == 2 ? String(parts[1]) : nil))
        }
        return fields
    }
}
