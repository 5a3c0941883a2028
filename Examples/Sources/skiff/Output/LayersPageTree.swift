// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// The paths of an image as lists inside lists, each directory with what is in it; directories are closed at first, and so
/// are cheap to show however much is in them. A browser that searches the page opens them.
struct LayersPageTree {
    private let entries: [MergedEntry]
    /// For each entry where the ones below it end, and what the files among them take.
    private var ends: [Int]
    private var sizes: [UInt64]

    init(_ merged: MergedTree) {
        entries = merged.entries
        ends = Array(repeating: 0, count: entries.count)
        sizes = entries.map { $0.entry.kind == .file ? $0.entry.size : 0 }
        var open: [Int] = []
        for (position, entry) in entries.enumerated() {
            while let last = open.last, !Self.isBelow(entry.path.bytes, entries[last].path.bytes) {
                close(open.removeLast(), at: position, in: open.last)
            }
            open.append(position)
        }
        while let last = open.popLast() { close(last, at: entries.count, in: open.last) }
    }

    private mutating func close(_ position: Int, at end: Int, in directory: Int?) {
        ends[position] = end
        if let directory { sizes[directory] &+= sizes[position] }
    }

    /// The items of the outermost list.
    var text: String {
        var lines: [String] = []
        var open: [Int] = []
        for (position, entry) in entries.enumerated() {
            while let last = open.last, ends[last] <= position {
                lines.append("</ul></details></li>")
                open.removeLast()
            }
            let label = label(position, below: open.last)
            if entry.entry.kind == .directory {
                lines.append("<li><details\(open.isEmpty ? " open" : "")><summary>\(label)</summary><ul>")
                open.append(position)
            } else {
                lines.append("<li><p>\(label)</p></li>")
            }
        }
        lines += open.map { _ in "</ul></details></li>" }
        return lines.joined(separator: "\n")
    }

    private func label(_ position: Int, below directory: Int?) -> String {
        let entry = entries[position]
        let words = TreeLine.row(entry)
        let isDirectory = entry.entry.kind == .directory
        let name =
            entry.path.bytes.isEmpty ? "/" : Self.name(words[4], below: directory.map { entries[$0].path.bytes })
        let size = isDirectory ? HumanSize.text(bytes: Int64(clamping: sizes[position])) : words[3]
        return "\(LayersPage.mark(entry.layer))<b>\(Markup.escaped(name))</b>"
            + "<span>\(size)</span><span class=\"m\">\(words[1]) \(words[2])</span>"
    }

    private static func isBelow(_ path: [UInt8], _ directory: [UInt8]) -> Bool {
        directory.isEmpty
            || path.count > directory.count && path[directory.count] == UInt8(ascii: "/")
                && path.starts(with: directory)
    }

    /// A path as it is shown, without the directory that it is in.
    private static func name(_ shown: String, below directory: [UInt8]?) -> String {
        guard let directory, !directory.isEmpty else { return String(shown.dropFirst()) }
        let prefix = "/\(ByteText(directory))/"
        return shown.hasPrefix(prefix) ? String(shown.dropFirst(prefix.count)) : shown
    }
}
