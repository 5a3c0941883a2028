// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff compare`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Show the paths at which two images differ.",
        discussion: """
            A added, D removed, C changed, with what differs: type, mode, owner, size, content, modified, link-target, \
            device, attributes, names. Ends with status 1 when there are differences. The images are read and verified, \
            and nothing is unpacked.
            """
    )

    @OptionGroup var store: StoreOptions

    @Option(help: ArgumentHelp("table, json (an object a line), or a template.", valueName: "format"))
    var format: String?

    @Option(help: ArgumentHelp("Attributes that make no difference; may be given several times.", valueName: "name"))
    var ignore: [String] = []

    @Option(help: ArgumentHelp("Platform of the images.", valueName: "os/arch"))
    var platform: String?

    @Argument(help: ArgumentHelp("Name or id.", valueName: "image"))
    var image: String

    @Argument(help: ArgumentHelp("Name or id of the image to compare it with.", valueName: "image"))
    var other: String

    mutating func run() throws {
        // Each change is one cell: a table without a title.
        let format = try ListFormat(format)
        let platform = try platform.map { try Platform($0) } ?? Platform.host
        let ignored = try ignore.flatMap { $0.split(separator: ",") }.map { try Self.attribute(String($0)) }
        let changes = try store.open().changes(from: image, to: other, platform: platform, ignoring: Set(ignored))
        for change in changes {
            switch format {
            case .table: break
            case .json:
                try Output.line(String(decoding: change.json(), as: UTF8.self))
                continue
            case .template(let template), .templateTable(let template):
                try Output.line(template.text(of: .document(change)))
                continue
            }
            let differences = change.differences.map(\.rawValue).joined(separator: ", ")
            let letter =
                switch change.kind {
                case .added: "A"
                case .removed: "D"
                case .changed: "C"
                }
            try Output.line("\(letter) /\(change.path)" + (differences.isEmpty ? "" : " (\(differences))"))
        }
        if !changes.isEmpty { throw ExitCode(1) }
    }

    private static func attribute(_ name: String) throws(Failure) -> PathChange.Attribute {
        if let attribute = PathChange.Attribute(rawValue: name) { return attribute }
        let known = PathChange.Attribute.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure("--ignore \(name) is not known; use \(known)")
    }
}
