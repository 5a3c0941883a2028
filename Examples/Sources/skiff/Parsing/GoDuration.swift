// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A time as docker's flags have it: `1m30s`, `500ms`, `1.5h`.
enum GoDuration {
    private static let units: [(String, Double)] = [("ms", 1), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]

    /// Milliseconds.
    static func milliseconds(_ text: String?, _ flag: String) throws(Failure) -> Int? {
        guard let text else { return nil }
        if text == "0" { return 0 }
        var total = 0.0
        var rest = text[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            guard let number = Double(digits), let unit = units.first(where: { rest.hasPrefix($0.0) }) else {
                throw Failure("invalid argument \"\(text)\" for \(flag): no duration such as 500ms, 30s or 1m30s")
            }
            rest = rest.dropFirst(unit.0.count)
            total += number * unit.1
        }
        guard !text.isEmpty, total <= 1e12 else { throw Failure("invalid argument \"\(text)\" for \(flag)") }
        return Int(total)
    }
}
