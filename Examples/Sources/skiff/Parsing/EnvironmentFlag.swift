// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc

/// `--env` and `--env-file`.
enum EnvironmentFlag {
    /// The entries of files, then those of flags; a bare name takes its value from our environment.
    static func read(_ flags: [String], files: [String]) throws(Failure) -> [String] {
        var entries: [String] = []
        for file in files {
            let content = String(decoding: try HostPath.read(file), as: UTF8.self)
            for line in content.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
                let text = line.drop { $0 == " " || $0 == "\t" }
                if text.isEmpty || text.hasPrefix("#") { continue }
                let name = text.prefix { $0 != "=" }
                guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
                    throw Failure("\(file): \"\(text)\" is no variable")
                }
                entries += entry(String(text), dropsMissing: true)
            }
        }
        for flag in flags {
            if flag.isEmpty || flag.hasPrefix("=") { throw Failure("invalid environment variable: \"\(flag)\"") }
            entries += entry(flag, dropsMissing: false)
        }
        return entries
    }

    private static func entry(_ text: String, dropsMissing: Bool) -> [String] {
        if text.contains("=") { return [text] }
        if let value = unsafe getenv(text) { return unsafe ["\(text)=\(String(cString: value))"] }
        // A bare name takes a variable of the image away.
        return dropsMissing ? [] : [text]
    }
}
