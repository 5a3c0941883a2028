// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Sizes of memory as docker prints them: in powers of 1024.
enum BinarySize {
    static func text(bytes: UInt64) -> String {
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        while value >= 1024 && unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        var text = Decimals.text(value, value < 10 ? 3 : value < 100 ? 2 : 1)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return "\(text.isEmpty ? "0" : text)\(units[unit])"
    }
}

/// Numbers with a fixed count of decimals.
enum Decimals {
    static func text(_ value: Double, _ count: Int) -> String {
        let scale = (0..<count).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = Int64((value * scale).rounded())
        let fraction = String(scaled % Int64(scale))
        return "\(scaled / Int64(scale)).\(String(repeating: "0", count: count - fraction.count))\(fraction)"
    }
}
