// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
package import SystemPackage

/// Debian's `docker-registry`, running on this machine for as long as the value lives.
package final class LocalRegistry: Sendable {
    /// What is asked of its users.
    package enum Security: Hashable, Sendable {
        /// Nothing.
        case plain
        /// TLS with a certificate that only ``LocalRegistry/certificate`` vouches for, the name `me` and the password
        /// `pass:word`.
        case protected
    }

    /// Host and port, as in references.
    package let name: String
    /// The certificate of its authority, in PEM.
    package let certificate: FilePath
    private let directory: String
    private let process: pid_t

    /// Starts a registry on a free port of 127.0.0.1 and waits until it listens.
    package init(_ security: Security) throws {
        directory =
            FileManager.default.temporaryDirectory.appendingPathComponent("skiff-registry-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        certificate = FilePath("\(directory)/cert.pem")
        let port = try Self.freePort()
        name = "127.0.0.1:\(port)"
        var configuration = """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: \(directory)/data}, delete: {enabled: true}}
            http:
              addr: 127.0.0.1:\(port)

            """
        if security == .protected {
            try Self.check([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-keyout", "\(directory)/key.pem", "-out", certificate.string, "-subj", "/CN=skiff test",
                "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
            ])
            let passwords = try Self.check(["htpasswd", "-Bbn", "-C", "4", "me", "pass:word"])
            try passwords.write(toFile: "\(directory)/htpasswd", atomically: false, encoding: .utf8)
            configuration += """
                  tls: {certificate: \(certificate), key: \(directory)/key.pem}
                auth:
                  htpasswd: {realm: skiff, path: \(directory)/htpasswd}

                """
        }
        try configuration.write(toFile: "\(directory)/config.yml", atomically: false, encoding: .utf8)
        process = try Self.spawn(["docker-registry", "serve", "\(directory)/config.yml"], log: "\(directory)/log")
        for _ in 0..<200 where !Self.listens(port) { usleep(50_000) }
    }

    /// What the registry has written to its log.
    package var log: String { (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? "" }

    deinit {
        kill(process, SIGKILL)
        var status: Int32 = 0
        _ = unsafe waitpid(process, &status, 0)
        try? FileManager.default.removeItem(atPath: directory)
    }

    @discardableResult
    private static func check(_ arguments: [String]) throws -> String {
        let result = try Command.run(arguments)
        guard result.status == 0 else { throw CocoaError(.executableLoad, userInfo: ["errors": result.errors]) }
        return result.output
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// A port of 127.0.0.1 that nobody listens on.
    package static func freePort() throws -> UInt16 {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var own = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &own) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, length) == 0 && getsockname(number, $0, &length) == 0
            }
        }
        guard result else { throw POSIXError(.EADDRNOTAVAIL) }
        return UInt16(bigEndian: own.sin_port)
    }

    private static func listens(_ port: UInt16) -> Bool {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var other = address(port)
        return unsafe withUnsafePointer(to: &other) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func spawn(_ arguments: [String], log: String) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var vector = unsafe arguments.map { unsafe strdup($0) }
        unsafe vector.append(nil)
        defer { unsafe vector.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let result = unsafe posix_spawnp(&process, arguments[0], &actions, nil, vector, environ)
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EIO) }
        return process
    }
}
