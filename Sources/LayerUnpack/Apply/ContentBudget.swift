// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How many bytes of content the files of one layer may still have.
struct ContentBudget {
    private let limit: UInt64
    private var spent: UInt64 = 0

    init(_ limits: LayerLimits) { limit = limits.contentBytes }

    /// Counts the content of an entry.
    ///
    /// - Throws: ``LayerUnpackError``: `limit` when that is too much.
    mutating func spend(_ entry: TarEntry) throws(LayerUnpackError) {
        let (sum, overflow) = spent.addingReportingOverflow(UInt64(clamping: entry.size))
        if overflow || sum > limit {
            throw LayerUnpackError(.limit, "check size", detail: "more than \(limit) bytes of content")
        }
        spent = sum
    }
}
