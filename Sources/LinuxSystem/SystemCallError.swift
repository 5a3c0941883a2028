// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// A system call that failed, and what it was given.
public struct SystemCallError: Error, Hashable, Sendable {
    /// The call's name in section 2 of the manual, for example `openat2`.
    public let call: String
    /// The path or object it was given, if any.
    public let path: FilePath?
    /// The error number the kernel returned.
    public let errno: Errno

    /// Records a failed call.
    ///
    /// - Parameters:
    ///   - call: The call's name in section 2 of the manual.
    ///   - path: The path or object it was given, if any.
    ///   - errno: The error number the kernel returned.
    public init(call: String, path: FilePath? = nil, errno: Errno) {
        self.call = call
        self.path = path
        self.errno = errno
    }
}

extension SystemCallError: CustomStringConvertible {
    /// One line: call, path, error name and its meaning.
    public var description: String {
        let object = path.map { " \($0)" } ?? ""
        return "\(call)\(object): \(errno.symbolAndText)"
    }
}

extension SystemCallError {
    /// What to do about it, where that is the same whatever was being done.
    package var remedy: String? {
        switch errno {
        case .tooManyOpenFiles: "this process may not open more files; raise its limit (ulimit -n)"
        case .tooManyOpenFilesInSystem: "the machine may not open more files; raise the sysctl fs.file-max"
        case .noSpace where call != "clone3": "make room there, or use a file system that has some"
        case Errno(rawValue: 122): "the user's quota of the file system is used up"
        case .readOnlyFileSystem: "use a place that can be written"
        default: nil
        }
    }
}

extension Errno {
    /// The error's symbol and its text as Go and runc spell it, for example `ENOENT (no such file or directory)`.
    ///
    /// Callers of OCI runtimes match on these texts, so they are lower case.
    package var symbolAndText: String {
        guard let symbol = Self.symbols[rawValue] else { return "errno \(rawValue)" }
        return "\(symbol) (\(text))"
    }

    /// The error's text in lower case, for example `no such file or directory`.
    package var text: String { description.lowercased() }

    private static let symbols: [CInt: String] = [
        1: "EPERM", 2: "ENOENT", 3: "ESRCH", 4: "EINTR", 5: "EIO", 6: "ENXIO", 7: "E2BIG", 8: "ENOEXEC", 9: "EBADF",
        10: "ECHILD", 11: "EAGAIN", 12: "ENOMEM", 13: "EACCES", 14: "EFAULT", 15: "ENOTBLK", 16: "EBUSY",
        17: "EEXIST", 18: "EXDEV", 19: "ENODEV", 20: "ENOTDIR", 21: "EISDIR", 22: "EINVAL", 23: "ENFILE",
        24: "EMFILE", 25: "ENOTTY", 26: "ETXTBSY", 27: "EFBIG", 28: "ENOSPC", 29: "ESPIPE", 30: "EROFS",
        31: "EMLINK", 32: "EPIPE", 33: "EDOM", 34: "ERANGE", 35: "EDEADLK", 36: "ENAMETOOLONG", 38: "ENOSYS",
        39: "ENOTEMPTY", 40: "ELOOP", 61: "ENODATA", 71: "EPROTO", 75: "EOVERFLOW", 80: "ELIBBAD", 84: "EILSEQ",
        88: "ENOTSOCK", 95: "EOPNOTSUPP", 98: "EADDRINUSE", 104: "ECONNRESET", 107: "ENOTCONN", 110: "ETIMEDOUT",
        111: "ECONNREFUSED", 116: "ESTALE", 122: "EDQUOT", 126: "ENOKEY",
    ]
}
