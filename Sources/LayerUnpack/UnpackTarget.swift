// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// The directory that a tree is unpacked into, which was empty or missing.
struct UnpackTarget {
    let root: TreeDirectory
    private let path: FilePath
    private let wasMade: Bool

    init(_ path: FilePath) throws(LayerUnpackError) {
        self.path = path
        let step = "open target directory"
        do throws(SystemCallError) {
            wasMade = try Self.make(path)
            root = try Self.open(path)
        } catch {
            throw LayerUnpackError(step, error)
        }
        if !wasMade, try !root.entries().isEmpty {
            throw LayerUnpackError(.targetNotEmpty, step, detail: "\(path) has content")
        }
    }

    /// Makes the last component; `false` when it was there.
    private static func make(_ path: FilePath) throws(SystemCallError) -> Bool {
        do throws(SystemCallError) {
            try systemCall("mkdirat", path: path) {
                path.withCString { unsafe clinux_mkdirat(CLINUX_AT_FDCWD, $0, 0o755) }
            }
            return true
        } catch {
            if error.errno == .fileExists { return false }
            throw error
        }
    }

    private static func open(_ path: FilePath) throws(SystemCallError) -> TreeDirectory {
        let descriptor = try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)
        do throws(LayerUnpackError) { return try TreeDirectory(descriptor) } catch {
            throw error.cause ?? SystemCallError(call: "statx", path: path, errno: .ioError)
        }
    }

    /// Removes everything that was made. What cannot be removed is left: the error that led here counts.
    func remove() {
        for entry in (try? root.entries()) ?? [] { try? root.removeTree(entry.name) }
        if wasMade { _ = path.withCString { unsafe clinux_unlinkat(CLINUX_AT_FDCWD, $0, CLINUX_AT_REMOVEDIR) } }
    }
}
