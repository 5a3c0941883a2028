// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Hands the host's side of a terminal to whoever listens on a socket: one connection, one message that carries the
/// descriptor (runc, docs/terminals.md, "Detached New Terminal").
enum ConsoleSocket {
    static func send(
        _ terminal: borrowing OwnedFileDescriptor,
        to path: FilePath,
        container: String
    ) throws(RuntimeError) {
        do throws(SystemCallError) {
            try StreamSocket.connect(to: path, isBlocking: false).send([UInt8]("console".utf8), passing: terminal)
        } catch {
            throw RuntimeError(
                "send the terminal to the console socket",
                error,
                container: container
            )
        }
    }
}

/// A file with a process's number: digits only, replaced by rename.
enum PIDFile {
    static func write(_ processID: Int32, to path: FilePath, container: String) throws(RuntimeError) {
        do throws(SystemCallError) {
            guard let name = path.lastComponent else {
                throw SystemCallError(call: "openat", path: path, errno: .isDirectory)
            }
            let parent = path.removingLastComponent()
            let directory = try RootDirectory(at: parent.isEmpty ? "." : parent)
            try directory.replaceFile(
                FilePath(root: nil, CollectionOfOne(name)),
                Array("\(processID)".utf8),
                mode: 0o644,
                flushed: false
            )
        } catch { throw RuntimeError("write the pid file \(path)", error, container: container) }
    }
}
