// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A launch's timeline as a picture for a document: the phases that take a part of the time worth seeing, each with a bar.
struct TimelinePicture {
    private let scale: TimelineScale
    private let shown: [LaunchTimeline.Phase]
    private let image: String

    /// The least share of the whole that is shown.
    private static let threshold = 0.01
    private static let (width, left, right, row, top) = (880.0, 380.0, 70.0, 18.0, 56.0)

    /// - Parameters:
    ///   - timeline: What was done and when.
    ///   - image: What was launched.
    init(_ timeline: LaunchTimeline, of image: String) {
        let scale = TimelineScale(timeline)
        shown = scale.phases.filter { scale.share($0.duration) >= Self.threshold }
        self.scale = scale
        self.image = image
    }

    /// The picture, SVG.
    var text: String {
        let height = Self.top + Self.row * Double(shown.count) + 30
        let others = scale.phases.count - shown.count
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img">
            <title>\(Markup.escaped(title))</title><style>\(Self.style)</style>
            <rect class="page" width="100%" height="100%" rx="6"/>
            <text class="h" x="16" y="24">\(Markup.escaped(title))</text>
            \(legend)
            \(scale.ticks.map { line($0, to: height - 26) }.joined(separator: "\n"))
            \(shown.enumerated().map { bar($1, at: Self.top + Self.row * Double($0)) }.joined(separator: "\n"))
            <text class="d" x="16" y="\(Int(height - 10))">\(others) shorter phases are not shown</text>
            </svg>
            """
    }

    private var title: String { "\(image), launched in \(TimelineScale.text(scale.length))" }

    private var legend: String {
        """
        <rect class="host" x="16" y="34" width="12" height="9" rx="2"/><text class="d" x="34" y="43">the host</text>
        <rect class="init" x="100" y="34" width="12" height="9" rx="2"/>\
        <text class="d" x="118" y="43">the container's init, meanwhile</text>
        """
    }

    private func place(_ nanoseconds: UInt64) -> Double {
        let all = Self.width - Self.left - Self.right
        return Double(Int((Self.left + all * scale.share(nanoseconds)) * 10)) / 10
    }

    private func line(_ tick: UInt64, to bottom: Double) -> String {
        let x = place(tick)
        return "<path class=\"l\" d=\"M\(x) \(Self.top - 6)V\(bottom)\"/>"
            + "<text class=\"d\" x=\"\(x)\" y=\"\(bottom + 16)\" text-anchor=\"middle\">\(TimelineScale.text(tick: tick))</text>"
    }

    private func bar(_ phase: LaunchTimeline.Phase, at y: Double) -> String {
        let (begin, end) = (place(scale.offset(of: phase)), place(scale.offset(of: phase) + phase.duration))
        let name = phase.name.count > 58 ? "\(phase.name.prefix(57))…" : phase.name
        let width = Double(Int(max(end - begin, 1.5) * 10)) / 10
        return "<text x=\"16\" y=\"\(y + 12)\">\(Markup.escaped(name))</text>"
            + "<rect class=\"\(phase.side.rawValue)\" x=\"\(begin)\" y=\"\(y + 3)\" width=\"\(width)\" height=\"11\" rx=\"2\"/>"
            + "<text class=\"d\" x=\"\(begin + width + 5)\" y=\"\(y + 12)\">\(TimelineScale.text(phase.duration))</text>"
    }

    private static let style = """
        text{font:11px system-ui,sans-serif;fill:#1f2328}.h{font-size:15px;font-weight:600}.d{fill:#5e6670}\
        .page{fill:#fff}.l{stroke:#dcdfe3}.host{fill:#4269d0}.init{fill:#b57a00}\
        @media(prefers-color-scheme:dark){text{fill:#e2e4e8}.d{fill:#9aa3ad}.page{fill:#15181c}.l{stroke:#33383f}\
        .host{fill:#7b9cf0}.init{fill:#e0a52c}}
        """
}
