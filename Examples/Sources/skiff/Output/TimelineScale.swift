// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A launch's timeline as it is drawn: what is where between the first beginning and the last end.
struct TimelineScale {
    /// What is drawn, in the order of the beginnings.
    let phases: [LaunchTimeline.Phase]
    private let begin: UInt64
    /// Nanoseconds from the first beginning to the last end.
    let length: UInt64

    init(_ timeline: LaunchTimeline) {
        phases = timeline.phases
        begin = phases.map(\.begin).min() ?? 0
        length = (phases.map { $0.begin + $0.duration }.max() ?? 0) - begin
    }

    /// When a phase begins, in nanoseconds from the first beginning.
    func offset(of phase: LaunchTimeline.Phase) -> UInt64 { phase.begin - begin }

    /// Where a time is, from 0 to 1.
    func share(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / Double(max(length, 1)) }

    /// Round times, some five of them, the first being 0.
    var ticks: [UInt64] {
        var decade: UInt64 = 1
        while length / decade > 60 { decade *= 10 }
        let step = [1, 2, 5].map { $0 * decade }.first { length / $0 <= 6 } ?? decade * 10
        return Array(stride(from: 0, through: length, by: Int(step)))
    }

    /// A tick for people: a number without a fraction.
    static func text(tick nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case 0: "0"
        case ..<1000: "\(nanoseconds) ns"
        case ..<1_000_000: "\(nanoseconds / 1000) µs"
        case ..<1_000_000_000: "\(nanoseconds / 1_000_000) ms"
        default: "\(nanoseconds / 1_000_000_000) s"
        }
    }

    /// A time for people.
    static func text(_ nanoseconds: UInt64) -> String {
        if nanoseconds >= 1_000_000_000 { return "\(Double(nanoseconds / 10_000_000) / 100) s" }
        return nanoseconds >= 1_000_000
            ? "\(Double(nanoseconds / 10_000) / 100) ms" : "\(Double(nanoseconds / 100) / 10) µs"
    }

    /// A share of the whole as a number of percent; two digits behind the point are a hundredth of what a screen can show.
    static func percent(_ share: Double) -> String { "\(Double(Int(share * 10_000)) / 100)%" }
}
