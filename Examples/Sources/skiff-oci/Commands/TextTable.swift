// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Rows of words in columns that are as wide as they need to be, as runc prints them.
enum TextTable {
    private static let gap = 3
    private static let narrowest = 12

    static func text(_ rows: [[String]]) -> String {
        let columns = rows.first?.indices ?? 0..<0
        let widths = columns.map { column in
            rows.reduce(narrowest) { max($0, $1[column].count + gap) }
        }
        return rows.map { row in
            columns.map { column in
                column == columns.last
                    ? row[column]
                    : row[column] + String(repeating: " ", count: widths[column] - row[column].count)
            }.joined()
        }.joined(separator: "\n")
    }
}
