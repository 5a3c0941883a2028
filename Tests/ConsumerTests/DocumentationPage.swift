// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import TestSupport

/// A page of a product's documentation, whose code is compiled and run.
struct DocumentationPage {
    private let blocks: [(language: String, text: String)]

    /// Reads the page `name` of the catalogue of `product`.
    init(_ name: String, of product: String) throws {
        let path = "\(Program.packageDirectory)/Sources/\(product)/\(product).docc/\(name).md"
        let parts = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n```")
        // Every second part is the inside of a block, and begins with its language.
        blocks = parts.enumerated().filter { $0.offset % 2 == 1 }.map { _, part in
            let language = part.prefix { $0 != "\n" }
            return (String(language), part.dropFirst(language.count + 1) + "\n")
        }
    }

    /// All blocks in a language, one after the other: `swift` is one program, `sh` a script, `text` what they print.
    func text(in language: String) -> String { blocks.filter { $0.language == language }.map(\.text).joined() }
}
