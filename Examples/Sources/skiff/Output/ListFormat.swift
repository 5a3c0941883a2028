// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// How a list is printed.
enum ListFormat: Equatable {
    /// A table.
    case table
    /// One JSON object a line.
    case json
    /// One line of a template each.
    case template(GoTemplate)
    /// A table whose columns the template has, with tabs between.
    case templateTable(GoTemplate)

    /// Reads `--format`.
    ///
    /// - Throws: ``Failure`` for what is neither a word nor a template.
    init(_ text: String?) throws(Failure) {
        switch text {
        case nil, "table": self = .table
        case "json", "{{json .}}", "{{ json . }}": self = .json
        case .some(let text) where text.hasPrefix("table "):
            self = .templateTable(try GoTemplate(String(text.dropFirst(6).drop { $0 == " " })))
        case .some(let text) where text.contains("{{"): self = .template(try GoTemplate(text))
        case .some(let other):
            throw Failure("--format \(other) is not supported; use table, json, or a template such as '{{.ID}}'")
        }
    }
}
