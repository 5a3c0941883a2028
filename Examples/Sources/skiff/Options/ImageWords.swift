// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// An image, and what is to run in it.
struct ImageWords: Hashable, Sendable {
    let image: String
    let command: [String]

    /// - Parameters:
    ///   - words: What stands behind the options.
    ///   - name: The subcommand.
    /// - Throws: ``Failure`` without an image.
    init(_ words: [String], of name: String) throws(Failure) {
        guard let image = words.first, !image.isEmpty else {
            throw Failure("'skiff \(name)' needs an image; see 'skiff \(name) --help'")
        }
        self.image = image
        command = Array(words.dropFirst())
    }
}
