// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The last values of a measurement as a row of bars.
struct Sparkline {
    /// How many values are kept.
    static let width = 20
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    private var values: [Double] = []

    /// Adds the latest value.
    mutating func add(_ value: Double) { values = Array((values + [value]).suffix(Self.width)) }

    /// One bar a value, the latest last. The tallest stands for the largest value, or for `full` where all are smaller.
    func text(full: Double) -> String {
        let top = max(full, values.max() ?? 0)
        let bars = values.map { value in
            let share = top > 0 ? value / top * Double(Self.bars.count - 1) : 0
            return Self.bars[min(max(Int(share.rounded()), 0), Self.bars.count - 1)]
        }
        return String(bars)
    }
}
