// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// One end of `skiff cp`.
enum CopyPlace: Equatable {
    /// A standard stream, which carries a tar archive.
    case stream
    /// A path of the host.
    case host(String)
    /// A path in a container.
    case container(String, path: String)

    /// Reads an end as docker does: what begins with a dot or a slash, and what has no colon, is a path of the host.
    static func read(_ text: String) throws(Failure) -> CopyPlace {
        if text == "-" { return .stream }
        guard !text.isEmpty else { throw Failure("a path of 'skiff cp' is empty") }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count < 2 || text.hasPrefix("/") || text.hasPrefix(".") { return .host(text) }
        guard !parts[0].isEmpty, !parts[1].isEmpty else {
            throw Failure("'\(text)' names no container, or no path in it; see 'skiff cp --help'")
        }
        return .container(String(parts[0]), path: String(parts[1]))
    }

    /// A path of the host as an absolute one; what is at its end keeps its meaning.
    static func absolute(_ path: String) throws(Failure) -> ByteText {
        if path.hasPrefix("/") { return ByteText(path) }
        guard let buffer = unsafe getcwd(nil, 0) else {
            throw Failure("find the working directory: \(Failure.text(of: errno))")
        }
        defer { unsafe free(buffer) }
        return unsafe ByteText("\(String(cString: buffer))/\(path)")
    }
}
