// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Times as runc's options take them.
enum GoDuration {
    private static let units: [(name: String, seconds: Double)] = [
        ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600),
    ]

    /// Reads numbers with units, one after the other: `5s`, `100ms`, `1m30s`, `1.5h`.
    ///
    /// - Parameter text: The numbers.
    /// - Returns: Their sum; `nil` when the text is no such time, or is longer than 100 years.
    static func duration(of text: String) -> Duration? {
        if text == "0" { return .zero }
        var rest = text[...]
        var seconds = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
            rest = rest.dropFirst(name.count)
            guard let number = Double(digits), let unit = units.first(where: { $0.name == name }) else { return nil }
            seconds += number * unit.seconds
        }
        return text.isEmpty || seconds > 100 * 366 * 86_400 ? nil : .seconds(seconds)
    }
}
