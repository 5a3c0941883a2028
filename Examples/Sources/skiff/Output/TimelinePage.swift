// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A launch's timeline as a page that needs nothing else: a row for each phase, a bar for its time, phases inside others below
/// them and further to the right.
struct TimelinePage {
    private let scale: TimelineScale
    private let image: String

    /// - Parameters:
    ///   - timeline: What was done and when.
    ///   - image: What was launched.
    init(_ timeline: LaunchTimeline, of image: String) {
        scale = TimelineScale(timeline)
        self.image = image
    }

    /// The page.
    var text: String {
        Markup.page(
            title: "Launch of \(image)",
            style: Self.style + "\n.b{background-size:\(grid) 100%}",
            body: """
                <h1>\(Markup.escaped(image)), launched in \(TimelineScale.text(scale.length))</h1>
                <p class="d"><i class="host"></i> the host, <i class="init"></i> the container's init; \
                \(scale.phases.count) phases. Those of the host contain what the init does meanwhile.</p>
                \(longest)
                <h2>In order</h2>
                <table class="t"><thead><tr><th>phase</th><th>time</th><th class="b">\(axis)</th></tr></thead><tbody>
                \(scale.phases.map(row).joined(separator: "\n"))
                </tbody></table>
                """
        )
    }

    private var longest: String {
        let steps = scale.phases.filter { $0.side == .container }.sorted { $0.duration > $1.duration }.prefix(5)
        if steps.isEmpty { return "" }
        let rows = steps.map {
            "<tr><td>\(TimelineScale.text($0.duration))</td><td>\(Markup.escaped($0.name))</td></tr>"
        }
        return "<h2>The init's longest steps</h2><table class=\"n\"><tbody>\(rows.joined())</tbody></table>"
    }

    /// The times above the bars.
    private var axis: String {
        // The last one may stand so far to the right that there is no room for it.
        scale.ticks.filter { scale.share($0) < 0.92 }.map { tick in
            "<span style=\"left:\(TimelineScale.percent(scale.share(tick)))\">\(TimelineScale.text(tick: tick))</span>"
        }.joined()
    }

    /// How far the lines behind the bars are from each other.
    private var grid: String {
        TimelineScale.percent(scale.ticks.count > 1 ? scale.share(scale.ticks[1]) : 1)
    }

    private func row(_ phase: LaunchTimeline.Phase) -> String {
        let left = scale.share(scale.offset(of: phase))
        let bar = "left:\(TimelineScale.percent(left));width:\(TimelineScale.percent(scale.share(phase.duration)))"
        return "<tr><td>\(Markup.escaped(phase.name))</td><td>\(TimelineScale.text(phase.duration))</td>"
            + "<td class=\"b\" title=\"from \(TimelineScale.text(scale.offset(of: phase)))\">"
            + "<span class=\"\(phase.side.rawValue)\" style=\"\(bar)\"></span></td></tr>"
    }

    private static let style = """
        :root{--host:#4269d0;--init:#b57a00}@media(prefers-color-scheme:dark){:root{--host:#7b9cf0;--init:#e0a52c}}
        table{border-collapse:collapse}td,th{padding:.15rem .5rem;border-bottom:1px solid var(--line);font-size:13px;\
        text-align:left}th{color:var(--dim);font-weight:normal}
        .n td:first-child,.t td:nth-child(2),.t th:nth-child(2){text-align:right;white-space:nowrap;\
        font-variant-numeric:tabular-nums}
        .n td:last-child,.t td:first-child{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
        .t{width:100%;table-layout:fixed}.t th:first-child{width:40%}.t th:nth-child(2){width:6rem}
        .b{position:relative;background-image:linear-gradient(90deg,var(--line) 1px,transparent 1px)}
        td.b span{position:absolute;top:20%;height:60%;min-width:2px;border-radius:2px}
        th.b span{position:absolute;bottom:.15rem;padding-left:.25rem;font-size:11px;white-space:nowrap}
        i{display:inline-block;width:1em;height:.7em;border-radius:2px}.host{background:var(--host)}
        .init{background:var(--init)}
        @media(max-width:48rem){.t,.t tbody,.t thead{display:block}.t tr{display:grid;grid-template-columns:1fr auto;\
        border-bottom:1px solid var(--line)}.t td,.t th{border:0}.t .b{grid-column:1/3;height:.9rem}.t th.b{height:1.2rem}}
        """
}
