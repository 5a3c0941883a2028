// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A list that is printed row by row, as the user wants it.
struct Listing {
    /// A row.
    struct Row {
        /// What `--quiet` shows.
        var id: String
        /// The cells of a table.
        var cells: [String]
        /// The members that JSON and templates have.
        var members: JSONValue
    }

    private let format: ListFormat
    private let showsIDs: Bool
    private let titles: [String: String]
    private var table: TextTable
    private var isBegun = false

    /// - Parameters:
    ///   - format: What `--format` says.
    ///   - isQuiet: Whether only ids are shown.
    ///   - header: The titles of a table's columns.
    ///   - titles: Titles of members that differ from their name in capitals.
    /// - Throws: ``Failure`` for a format that is none.
    init(
        _ format: String?,
        isQuiet: Bool = false,
        header: [String],
        titles: [String: String] = [:]
    ) throws(Failure) {
        self.format = try ListFormat(format)
        showsIDs = isQuiet
        self.titles = titles
        table = TextTable(header)
    }

    /// Shows a row, or keeps it for the table.
    mutating func add(_ row: Row) throws {
        if showsIDs { return try Output.line(row.id) }
        switch format {
        case .table: table.add(row.cells)
        case .json: try Output.line(row.members.line)
        case .template(let template): try Output.line(template.text(of: row.members))
        case .templateTable(let template):
            if !isBegun { table = TextTable(try Self.columns(template.text(of: header(of: row.members)))) }
            isBegun = true
            table.add(try Self.columns(template.text(of: row.members)))
        }
    }

    /// Shows the table, if there is one.
    func finish() throws { for line in lines { try Output.line(line) } }

    /// The lines of the table; none where rows were shown one by one.
    var lines: [String] {
        if showsIDs { return [] }
        switch format {
        case .table: return table.lines
        case .templateTable where isBegun: return table.lines
        case .json, .template, .templateTable: return []
        }
    }

    private static func columns(_ text: String) -> [String] {
        text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }

    /// The members, each with its title in place of its value.
    private func header(of members: JSONValue) -> JSONValue {
        .object(
            JSONObject(
                (members.object?.members ?? []).map {
                    JSONObject.Member(key: $0.key, value: .string(titles[$0.key] ?? $0.key.uppercased()))
                }
            )
        )
    }
}
