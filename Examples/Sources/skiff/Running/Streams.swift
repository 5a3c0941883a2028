// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// Descriptors for the streams of containers.
enum Streams {
    /// `/dev/null`.
    static func null(_ mode: FileDescriptor.AccessMode) throws -> SharedDescriptor {
        let file = try FileDescriptor.open("/dev/null", mode, options: [.closeOnExec])
        return SharedDescriptor(OwnedFileDescriptor(takingOver: file.rawValue))
    }

    /// A pipe for a container's input.
    static func pipe() throws -> (reading: SharedDescriptor, writing: SharedDescriptor) {
        let ends = try FileDescriptor.pipe()
        let reading = SharedDescriptor(OwnedFileDescriptor(takingOver: ends.readEnd.rawValue))
        return (reading, SharedDescriptor(OwnedFileDescriptor(takingOver: ends.writeEnd.rawValue)))
    }

    /// The file that takes the output of a detached container, emptied.
    static func log(of container: StoredContainer) throws -> SharedDescriptor {
        let file = try FileDescriptor.open(
            container.logFile,
            .writeOnly,
            options: [.create, .truncate, .append, .closeOnExec, .noFollow],
            permissions: .ownerReadWrite
        )
        return SharedDescriptor(OwnedFileDescriptor(takingOver: file.rawValue))
    }

    /// A standard stream, or a file, to be read.
    static func input(_ path: String?) throws -> OwnedFileDescriptor {
        guard let path, path != "-" else { return OwnedFileDescriptor(takingOver: try standard(.standardInput)) }
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            return OwnedFileDescriptor(takingOver: file.rawValue)
        } catch let error as Errno {
            throw Failure("open \(path): \(Failure.text(of: error.rawValue))")
        }
    }

    /// Another number for a standard stream.
    static func standard(_ stream: FileDescriptor) throws -> CInt { try stream.duplicate().rawValue }
}
