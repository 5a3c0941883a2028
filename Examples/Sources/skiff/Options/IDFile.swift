// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// The file of `--cidfile`: made before the container, so that two containers never share one.
struct IDFile {
    private let path: FilePath
    private let file: FileDescriptor

    /// Makes a container, and the file at `path` with its id, if there is to be one.
    static func around(_ path: String?, _ make: () throws -> StoredContainer) throws -> StoredContainer {
        guard let path else { return try make() }
        let file = try IDFile(path)
        do {
            let container = try make()
            try file.write(container)
            return container
        } catch {
            file.remove()
            throw error
        }
    }

    private init(_ path: String) throws {
        self.path = FilePath(path)
        do {
            file = try FileDescriptor.open(
                self.path,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            )
        } catch let error as Errno {
            if error == .fileExists {
                throw Failure("container ID file found: make sure that its container is gone, and delete \(path)")
            }
            throw Failure("make \(path): \(Failure.text(of: error.rawValue))")
        }
    }

    /// Takes the file away again: there is no container.
    private func remove() {
        try? file.close()
        // What cannot be removed is empty at least.
        _ = unsafe unlink(path.string)
    }

    /// Writes a container's id.
    private func write(_ container: StoredContainer) throws {
        try file.writeAll(container.id.utf8)
        try file.close()
    }
}
