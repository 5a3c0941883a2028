// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// A file that appears under its name when it is whole.
struct NewFile: ~Copyable {
    private let path: String
    private let temporary: String
    private let file: FileDescriptor
    private var isCommitted = false

    init(_ path: String) throws {
        self.path = path
        temporary = "\(path).\(getpid()).partial"
        do {
            file = try FileDescriptor.open(
                FilePath(temporary),
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            )
        } catch let error as Errno {
            throw Failure("make \(path): \(Failure.text(of: error.rawValue))")
        }
    }

    /// A descriptor to write to.
    borrowing func descriptor() throws -> OwnedFileDescriptor {
        OwnedFileDescriptor(takingOver: try file.duplicate().rawValue)
    }

    /// Writes to it.
    borrowing func write(_ bytes: [UInt8]) throws { try file.writeAll(bytes) }

    /// Gives the file its name.
    consuming func commit() throws {
        if unsafe rename(temporary, path) != 0 { throw Failure("make \(path): \(Failure.text(of: errno))") }
        isCommitted = true
    }

    deinit {
        try? file.close()
        if !isCommitted { _ = unsafe unlink(temporary) }
    }
}
