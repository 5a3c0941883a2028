// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// Where credentials are looked for and kept, computed from an environment.
///
/// - SeeAlso: containers-auth.json(5); `docker login`.
public struct CredentialLocations: Hashable, Sendable {
    /// The files that are read, the first that knows a registry decides.
    public var files: [FilePath]
    /// The file that a login is kept in.
    public var login: FilePath?
    /// The directories in which credential helpers are looked for.
    public var helperDirectories: [FilePath]
    /// The environment that helpers get.
    public var helperEnvironment: [String: String]

    /// Locations where nothing is found or kept.
    public static let none = CredentialLocations(files: [], login: nil)

    /// Creates locations.
    ///
    /// - Parameters:
    ///   - files: The files that are read.
    ///   - login: The file that a login is kept in.
    ///   - helperDirectories: Where credential helpers are looked for.
    ///   - helperEnvironment: The environment that helpers get.
    public init(
        files: [FilePath],
        login: FilePath?,
        helperDirectories: [FilePath] = [],
        helperEnvironment: [String: String] = [:]
    ) {
        self.files = files
        self.login = login
        self.helperDirectories = helperDirectories
        self.helperEnvironment = helperEnvironment
    }

    /// The usual locations.
    ///
    /// `$REGISTRY_AUTH_FILE` alone, where it is set. Else `$XDG_RUNTIME_DIR/containers/auth.json` (without the variable
    /// `/run/containers/UID/auth.json`), `$XDG_CONFIG_HOME/containers/auth.json` and `$DOCKER_CONFIG/config.json`, which
    /// default to directories in `$HOME`. A login goes to `$REGISTRY_AUTH_FILE`, else to docker's file.
    ///
    /// - Parameters:
    ///   - variables: The environment.
    ///   - userID: The user's number.
    public init(environment variables: [String: String], userID: UInt32) {
        func directory(_ name: String) -> FilePath? {
            guard let value = variables[name], !value.isEmpty else { return nil }
            return FilePath(value)
        }
        let home = directory("HOME")
        let docker = (directory("DOCKER_CONFIG") ?? home?.appending(".docker"))?.appending("config.json")
        let paths = (variables["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        helperDirectories = paths.map { FilePath(String($0)) }
        helperEnvironment = variables
        if let file = directory("REGISTRY_AUTH_FILE") {
            files = [file]
            login = file
            return
        }
        let runtime =
            directory("XDG_RUNTIME_DIR")?.appending("containers/auth.json")
            ?? FilePath("/run/containers/\(userID)/auth.json")
        let configuration = (directory("XDG_CONFIG_HOME") ?? home?.appending(".config"))?
            .appending("containers/auth.json")
        files = [runtime, configuration, docker].compactMap { $0 }
        login = docker
    }
}
