// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LinuxSystem
internal import SystemPackage

/// One end of a copy: a path below a root that it never leads out of.
///
/// Symbolic links are resolved with the root as their root, one by one, so that it is known what was found: a process that
/// changes them meanwhile changes what is copied, not where it is looked for.
package struct CopyEnd {
    /// What a path leads to.
    package struct Found {
        /// The directory that it is in; for the root itself, the root.
        let parent: TreeDirectory
        /// What it is called there; empty for the root itself.
        let name: [UInt8]
        /// What it is; `nil` when there is nothing.
        let kind: FileStatus.Kind?
    }

    let root: TreeDirectory
    let path: [UInt8]
    /// Whom users and groups are there, if they are others than in archives.
    let translation: OwnerTranslation?

    /// Whether the path ends in `/` or `/.`, so that only a directory will do.
    package var namesDirectory: Bool { path.last == UInt8(ascii: "/") || namesContents }

    /// Whether the path ends in `/.`, or is the root: what is in the directory is meant, not the directory.
    package var namesContents: Bool {
        path == [UInt8(ascii: ".")] || path.suffix(2) == Array("/.".utf8)[...] || components.isEmpty
    }

    /// The components that say something.
    private var components: [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != [UInt8(ascii: ".")] }
    }

    /// An end of a copy.
    ///
    /// - Parameters:
    ///   - root: The directory that the path starts at, whether or not it begins with a slash.
    ///   - path: The path.
    ///   - translation: Whom users and groups are there, if they are others than in archives.
    /// - Throws: ``LayerUnpackError``: `badName`, `systemCall`.
    package init(
        _ root: borrowing RootDirectory,
        _ path: ByteText,
        translation: OwnerTranslation? = nil
    ) throws(LayerUnpackError) {
        guard !path.bytes.isEmpty, path.bytes.count <= 4095, !path.bytes.contains(0) else {
            throw LayerUnpackError(.badName, "check path", detail: "it is empty, too long, or has a NUL byte")
        }
        self.path = path.bytes
        self.translation = translation
        self.root = try TreeDirectory(at: root.descriptor)
    }

    /// Finds what the path leads to.
    ///
    /// - Parameter followsLast: Whether a symbolic link at its end is followed.
    /// - Returns: What is there, or where it would be.
    /// - Throws: ``LayerUnpackError``: `systemCall` when a directory on the way is missing or is none.
    package func find(followsLast: Bool) throws(LayerUnpackError) -> Found {
        var components = components
        var hops = 0
        while true {
            // The kernel resolves a `..` at the end, in the root.
            guard let last = components.last, last != Array("..".utf8) else {
                let directory = try open(components)
                return Found(parent: directory, name: [], kind: .directory)
            }
            let parent = try open(Array(components.dropLast()))
            let status = try parent.status(last)
            guard status?.kind == .symlink, followsLast else {
                return Found(parent: parent, name: last, kind: status?.kind)
            }
            hops += 1
            if hops > 40 { throw LayerUnpackError(.notDirectory, "find path", detail: "too many symbolic links") }
            let target = try parent.readLink(last)
            let next = target.split(separator: UInt8(ascii: "/")).map(Array.init)
            let isAbsolute = target.first == UInt8(ascii: "/")
            components = ((isAbsolute ? [] : components.dropLast()) + next).filter { $0 != [UInt8(ascii: ".")] }
        }
    }

    private func open(_ components: [[UInt8]]) throws(LayerUnpackError) -> TreeDirectory {
        if components.isEmpty { return try root.reopened() }
        let path = Array(components.joined(separator: [UInt8(ascii: "/")]))
        do throws(LayerUnpackError) {
            return try TreeDirectory(try root.openInRoot(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY))
        } catch {
            throw error.about(path)
        }
    }
}

extension CopyEnd.Found {
    /// The directory that was found.
    func directory() throws(LayerUnpackError) -> TreeDirectory {
        name.isEmpty ? parent : try parent.directory(name)
    }
}
