// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// A path of the host on a command line.
enum HostPath {
    /// `path` as an absolute path that exists.
    static func existing(_ path: String, for flag: String) throws(Failure) -> String {
        let absolute = try absolute(path)
        guard unsafe access(absolute, F_OK) == 0 || errno == EACCES else {
            throw Failure("\(flag): \(path): \(Failure.text(of: errno))")
        }
        return absolute
    }

    /// `path` as an absolute path without `.` and `..`.
    static func absolute(_ path: String) throws(Failure) -> String {
        let given = FilePath(path)
        if given.isAbsolute { return given.lexicallyNormalized().string }
        guard let buffer = unsafe getcwd(nil, 0) else {
            throw Failure("find the working directory: \(Failure.text(of: errno))")
        }
        defer { unsafe free(buffer) }
        let directory = unsafe FilePath(String(cString: buffer))
        return directory.appending(given.components).lexicallyNormalized().string
    }

    /// Whether there is something at `path`.
    static func isFile(_ path: FilePath) -> Bool { unsafe access(path.string, F_OK) == 0 }

    /// Whether there is a directory at `path`.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// A file's content.
    static func read(_ path: String, limit: Int = 1 << 20) throws(Failure) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            defer { try? file.close() }
            var content: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                if count == 0 { return content }
                content += buffer[..<count]
                if content.count > limit { throw Failure("\(path): more than \(limit) bytes") }
            }
        } catch let error as Errno {
            throw Failure("open \(path): \(Failure.text(of: error.rawValue))")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("\(path): \(error)")
        }
    }
}
