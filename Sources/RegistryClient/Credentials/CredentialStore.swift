// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
public import SystemPackage

/// The credentials that docker, podman and their like have on a machine.
///
/// Reading and writing block on files for a moment; a credential helper is waited for without holding a thread.
public struct CredentialStore: Sendable {
    /// Where credentials are looked for and kept.
    public let locations: CredentialLocations
    /// Time for one run of a credential helper.
    public let helperTimeout: Duration

    /// Creates a store.
    ///
    /// - Parameters:
    ///   - locations: Where credentials are looked for and kept.
    ///   - helperTimeout: Time for one run of a credential helper.
    public init(_ locations: CredentialLocations, helperTimeout: Duration = .seconds(60)) {
        self.locations = locations
        self.helperTimeout = helperTimeout
    }

    /// Finds the credential for a registry.
    ///
    /// Within a file a credential helper goes before what the file itself keeps. A file that is not there, or knows
    /// nothing of the registry, is passed over; one that cannot be read is an error.
    ///
    /// - Parameters:
    ///   - registry: Host and port as in a reference.
    ///   - repository: The repository, for files that tell repositories apart.
    /// - Returns: The credential, or `nil`: the registry is then used without.
    /// - Throws: ``RegistryError``: `credentials`.
    public func credential(for registry: String, repository: String? = nil) async throws(RegistryError) -> Credential? {
        let server = CredentialServer(registry: registry)
        for path in locations.files {
            guard let file = try read(path, server) else { continue }
            if let name = file.helper(for: server) {
                do throws(CredentialHelper.Failure) {
                    if let credential = try await helper(name).get(server.key) { return credential }
                } catch {
                    throw failure(server, error.detail)
                }
            }
            if let credential = file.credential(for: server, repository: repository) { return credential }
        }
        return nil
    }

    /// Keeps a credential: with the helper that the file of logins names for the registry, else in the file itself,
    /// which then only its owner can read.
    ///
    /// - Parameters:
    ///   - credential: The credential.
    ///   - registry: Host and port as in a reference.
    /// - Returns: The file that the credential itself is in now; `nil` if a helper keeps it.
    /// - Throws: ``RegistryError``: `credentials`. The file is then as it was.
    @discardableResult
    public func store(_ credential: Credential, for registry: String) async throws(RegistryError) -> FilePath? {
        let server = CredentialServer(registry: registry)
        guard let path = locations.login else {
            throw failure(server, "there is no place to keep them", hint: "set HOME or REGISTRY_AUTH_FILE")
        }
        var file = try read(path, server) ?? CredentialFile()
        if let name = file.helper(for: server) {
            do throws(CredentialHelper.Failure) { try await helper(name).store(credential, for: server.key) } catch {
                throw failure(server, error.detail)
            }
            return nil
        }
        file.set(credential, for: server)
        try write(file, to: path, server)
        return path
    }

    /// Forgets the credential of a registry, in the file of logins and in the helper that it names.
    ///
    /// - Parameter registry: Host and port as in a reference.
    /// - Returns: Whether there was one.
    /// - Throws: ``RegistryError``: `credentials`.
    public func remove(_ registry: String) async throws(RegistryError) -> Bool {
        let server = CredentialServer(registry: registry)
        guard let path = locations.login, var file = try read(path, server) else { return false }
        var removed = false
        if let name = file.helper(for: server) {
            do throws(CredentialHelper.Failure) { removed = try await helper(name).erase(server.key) } catch {
                throw failure(server, error.detail)
            }
        }
        if file.remove(server) {
            try write(file, to: path, server)
            removed = true
        }
        return removed
    }

    private func helper(_ name: String) -> CredentialHelper {
        CredentialHelper(
            name: name,
            directories: locations.helperDirectories,
            environment: locations.helperEnvironment,
            timeout: helperTimeout
        )
    }

    private func read(_ path: FilePath, _ server: CredentialServer) throws(RegistryError) -> CredentialFile? {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            let file = try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK | CLINUX_O_NOCTTY)
            guard try file.status().kind == .regular else { return nil }
            bytes = try file.readAll(limit: CredentialFile.limit)
        } catch {
            if error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory { return nil }
            // The runtime directory of another user is nothing that a login could be in.
            if error.errno == .permissionDenied, path.starts(with: "/run/containers") { return nil }
            throw RegistryError(.credentials, .credentials, .init(registry: server.registry), cause: .systemCall(error))
        }
        do throws(JSONError) { return try CredentialFile(bytes) } catch {
            throw RegistryError(
                .credentials,
                .credentials,
                .init(registry: server.registry),
                "\(path)",
                cause: .document(error)
            )
        }
    }

    private func write(_ file: CredentialFile, to path: FilePath, _ server: CredentialServer) throws(RegistryError) {
        do throws(SystemCallError) {
            guard let name = path.lastComponent else {
                throw SystemCallError(call: "openat", path: path, errno: .invalidArgument)
            }
            let parent = path.removingLastComponent()
            if let above = parent.isEmpty ? nil : Optional(parent.removingLastComponent()),
                let last = parent.lastComponent
            {
                // `~/.docker` is made where it is missing; what is above it is not ours to make.
                let directory = try RootDirectory(at: above.isEmpty ? "." : above)
                do throws(SystemCallError) {
                    try directory.makeDirectory(FilePath(root: nil, CollectionOfOne(last)), mode: 0o700)
                } catch {
                    if error.errno != .fileExists { throw error }
                }
            }
            try RootDirectory(at: parent.isEmpty ? "." : parent)
                .replaceFile(FilePath(root: nil, CollectionOfOne(name)), file.bytes, mode: 0o600)
        } catch {
            throw RegistryError(.credentials, .credentials, .init(registry: server.registry), cause: .systemCall(error))
        }
    }

    private func failure(_ server: CredentialServer, _ detail: String, hint: String? = nil) -> RegistryError {
        RegistryError(.credentials, .credentials, .init(registry: server.registry), detail, hint: hint)
    }
}
