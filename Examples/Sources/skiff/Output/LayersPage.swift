// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// An image's layers as a page that needs nothing else: layers, files that are wasted, and the tree.
struct LayersPage {
    private let title: String
    private let lines: [LayerLine]
    private let merged: MergedTree

    /// - Parameters:
    ///   - title: What the image is called.
    ///   - lines: The layers as a table has them.
    ///   - merged: What the image shows by path.
    init(title: String, lines: [LayerLine], merged: MergedTree) {
        self.title = title
        self.lines = lines
        self.merged = merged
    }

    /// The page.
    var text: String {
        return Markup.page(
            title: title,
            style: Self.style,
            body: """
                <h1>\(Markup.escaped(title))</h1>
                <p>\(Self.count(merged.layers.count, "layer", "layers")), \
                \(Self.count(merged.entries.count, "path", "paths")), \(size(merged.size)) of files; \
                \(size(merged.wastedBytes)) wasted in \(Self.count(merged.wasted.count, "file", "files")).</p>
                <h2>Layers</h2>
                \(bar)
                <div class="w"><table class="y"><thead><tr>\(cells(LayersCommand.header, "th"))</tr></thead><tbody>
                \(lines.enumerated().map { row($0, $1.cells(isWhole: false, showsWholeCommand: true)) }.joined(separator: "\n"))
                </tbody></table></div>
                \(wasted)
                <h2>Files</h2>
                <p class="d">Each with the layer that it comes from; a directory with what all files in it take.</p>
                <ul class="tree">
                \(LayersPageTree(merged).text)
                </ul>
                """
        )
    }

    /// The layers side by side, each as wide as its files are large.
    private var bar: String {
        let sizes = merged.layers.map(\.size)
        return sizes.allSatisfy { $0 == 0 } ? "" : "<div class=\"bar\">\(sizes.enumerated().map(share).joined())</div>"
    }

    private var wasted: String {
        if merged.wasted.isEmpty { return "" }
        let rows = merged.wasted.map { row($0.layer, ["\($0.layer)", size($0.size), TreeLine.wasted($0)]) }
        // A long list would hide what comes after it.
        let isOpen = rows.count <= 20 ? " open" : ""
        return """
            <h2>Wasted</h2><details\(isOpen)><summary>\(size(merged.wastedBytes)) in \
            \(Self.count(rows.count, "file", "files"))</summary><div class="w"><table><thead><tr>\
            \(cells(["LAYER", "SIZE", "PATH"], "th"))</tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div></details>
            """
    }

    /// A row of a table, the first cell with the layer's colour, the last one with text of any length.
    private func row(_ layer: Int, _ texts: [String]) -> String {
        "<tr><td>\(Self.mark(layer))</td>\(cells(Array(texts.dropFirst()), "td"))</tr>"
    }

    /// A layer's part of a bar that stands for all of them.
    private func share(_ layer: Int, _ bytes: UInt64) -> String {
        "<i class=\"l\(layer % 8)\" style=\"flex-grow:\(bytes)\" title=\"layer \(layer): \(size(bytes))\"></i>"
    }

    /// A layer's number on its colour.
    static func mark(_ layer: Int) -> String { "<i class=\"l\(layer % 8)\">\(layer)</i>" }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    private func size(_ bytes: UInt64) -> String { HumanSize.text(bytes: Int64(clamping: bytes)) }

    private func cells(_ texts: [String], _ tag: String) -> String {
        texts.map { "<\(tag)>\(Markup.escaped($0))</\(tag)>" }.joined()
    }

    private static let style = """
        .w{overflow-x:auto}table{border-collapse:collapse;width:100%}
        th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;\
        white-space:nowrap;font-variant-numeric:tabular-nums}th{font-size:12px;color:var(--dim)}
        td:last-child{white-space:normal;overflow-wrap:anywhere;min-width:16rem;font:12px/1.6 ui-monospace,monospace}
        i{display:inline-block;font:600 11px/1.5 system-ui,sans-serif;min-width:1.6em;padding:0 .3em;text-align:center;\
        border-radius:3px;color:#fff}
        .bar{display:flex;gap:2px;height:1.1rem;margin-bottom:.6rem}.bar i{min-width:2px;padding:0;border-radius:2px}
        .tree,.tree ul{list-style:none;padding-left:1.1rem;margin:0}.tree{padding:0}
        .tree li,summary{font-size:13px}.tree li>p,.tree summary{display:flex;gap:.6rem;align-items:baseline;margin:0;\
        padding:.1rem .2rem}
        summary{cursor:pointer}.tree summary::before{content:"▸";width:.7em;flex:none;margin-right:-.3rem}
        .tree details[open]>summary::before{content:"▾"}.tree li>p{padding-left:1.2rem}
        .tree li>p:hover,.tree summary:hover{background:var(--shade)}
        .tree b{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere;unicode-bidi:isolate;flex:1}
        .tree summary b{font-weight:600}.tree span{color:var(--dim);white-space:nowrap;font-variant-numeric:tabular-nums}
        .tree span.m{font:12px/1.5 ui-monospace,monospace}
        .l0{background:#3f63c4}.l1{background:#96660a}.l2{background:#c23a50}.l3{background:#1d7a74}
        .l4{background:#2c7f3a}.l5{background:#b04d84}.l6{background:#7d53aa}.l7{background:#85583d}
        @media(max-width:40rem){.tree span.m{display:none}.tree,.tree ul{padding-left:.6rem}
        .y th:nth-child(2),.y td:nth-child(2),.y th:nth-child(4),.y td:nth-child(4){display:none}
        th,td{padding:.25rem .3rem}td:last-child{min-width:9rem}}
        """
}
