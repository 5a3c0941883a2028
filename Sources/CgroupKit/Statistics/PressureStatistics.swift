// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Pressure stall information: time that tasks lost waiting for one resource.
///
/// - SeeAlso: Documentation/accounting/psi.rst.
public struct PressureStatistics: Hashable, Sendable {
    /// One line of a pressure file.
    public struct Line: Hashable, Sendable {
        /// Percent of the last 10 seconds.
        public var average10: Double
        /// Percent of the last 60 seconds.
        public var average60: Double
        /// Percent of the last 300 seconds.
        public var average300: Double
        /// Microseconds since the group exists.
        public var total: UInt64
    }

    /// At least one task was waiting.
    public var some: Line?
    /// All tasks were waiting.
    public var full: Line?

    /// Parses lines `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`.
    init?(_ text: [UInt8]) {
        for line in KernelText.lines(text) {
            let fields = KernelText.fields(line)
            var values: [String: String] = [:]
            for field in fields.dropFirst() {
                if let (key, value) = KernelText.cut(field, at: UInt8(ascii: "=")) {
                    values[KernelText.string(key)] = KernelText.string(value)
                }
            }
            guard let name = fields.first, let average10 = values["avg10"].flatMap(Double.init),
                let average60 = values["avg60"].flatMap(Double.init),
                let average300 = values["avg300"].flatMap(Double.init), let total = values["total"].flatMap(UInt64.init)
            else { continue }
            let parsed = Line(average10: average10, average60: average60, average300: average300, total: total)
            if name.elementsEqual("some".utf8) { some = parsed }
            if name.elementsEqual("full".utf8) { full = parsed }
        }
        if some == nil && full == nil { return nil }
    }
}
