// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff annotate`.
struct AnnotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate",
        abstract: "Change what the store notes of an image; the image and its digest stay what they are."
    )

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("Name or id.", valueName: "image"))
    var image: String

    @Argument(help: ArgumentHelp("KEY=VALUE sets an annotation, KEY- removes it.", valueName: "annotation"))
    var changes: [String]

    mutating func run() throws {
        var annotations: [String: String?] = [:]
        for change in changes {
            if let separator = change.firstIndex(of: "=") {
                annotations[String(change[..<separator])] = .some(String(change[change.index(after: separator)...]))
            } else if change.hasSuffix("-"), change.utf8.count > 1 {
                annotations[String(change.dropLast())] = .some(nil)
            } else {
                throw Failure("\"\(change)\" is neither KEY=VALUE nor KEY-")
            }
        }
        try store.open().images.annotate(image, annotations)
    }
}
