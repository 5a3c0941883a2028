// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Numbers as people read them.
enum Text {
    /// Milliseconds with one digit behind the point.
    static func milliseconds(_ duration: Duration) -> String {
        tenths(Int(duration / .microseconds(100)))
    }

    /// A number of bytes, as KiB, MiB or GiB.
    static func bytes(_ count: some BinaryInteger) -> String {
        var tenths = Int(clamping: count).multipliedReportingOverflow(by: 10).partialValue
        for unit in ["B", "KiB", "MiB"] {
            if tenths < 10240 { return "\(unit == "B" ? "\(tenths / 10)" : Self.tenths(tenths)) \(unit)" }
            tenths /= 1024
        }
        return "\(Self.tenths(tenths)) GiB"
    }

    private static func tenths(_ number: Int) -> String { "\(number / 10).\(number % 10)" }
}
