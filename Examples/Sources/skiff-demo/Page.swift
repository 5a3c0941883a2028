// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What the demo prints.
enum Page {
    /// The columns' widest entries are cut off behind this many characters.
    private static let width = 78

    static func heading(_ text: String) { print("\n\(text)") }

    static func line(_ text: String = "") { print(text.isEmpty ? "" : "  \(text)") }

    /// Prints rows with their columns aligned.
    static func table(_ rows: [[String]]) {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? min($0[column].count, width) : 0 }.max() ?? 0
        }
        for row in rows {
            let cells = zip(row, widths).map { cell, width in
                let text = cell.count > Self.width ? cell.prefix(Self.width - 1) + "…" : cell
                return text + String(repeating: " ", count: max(0, width - text.count))
            }
            var text = cells.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            line(text)
        }
    }

    /// Does a step and prints how long it took.
    static func step<Value>(
        _ name: String,
        _ body: () async throws -> Value,
        detail: (Value) -> String = { _ in "" }
    ) async throws -> Value {
        let begin = ContinuousClock.now
        let value = try await body()
        let time = Text.milliseconds(ContinuousClock.now - begin)
        let label = name + String(repeating: " ", count: max(0, 44 - name.count))
        let column = String(repeating: " ", count: max(0, 8 - time.count)) + time
        let detail = detail(value)
        line("\(label)\(column) ms\(detail.isEmpty ? "" : "   \(detail)")")
        return value
    }
}
