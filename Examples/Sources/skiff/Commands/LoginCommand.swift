// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RegistryClient
internal import RuntimeCore

/// `skiff login`.
struct LoginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Log in to a registry.",
        discussion: """
            The registry is asked whether it takes them; then name and password are kept by the credential helper that \
            docker's configuration names, or in docker's file (--authfile, $REGISTRY_AUTH_FILE: in that one).
            """
    )

    // The store is not needed; `--root` may be there all the same.
    @OptionGroup var store: StoreOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("User name.", valueName: "name"))
    var username: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Password; others can see it in the list of processes.", valueName: "password")
    )
    var password: String?

    @Flag(name: .customLong("password-stdin"), help: "Read the password from standard input.")
    var readsPassword = false

    @Flag(name: .customLong("get-login"), help: "Print the user name that is logged in, and do nothing.")
    var showsLogin = false

    @OptionGroup(title: "Registries")
    var registries: RegistryFlags

    @Argument(help: ArgumentHelp("Host and port; docker.io by default.", valueName: "registry"))
    var registry: String?

    mutating func validate() throws {
        if password != nil && readsPassword {
            throw ValidationError("--password and --password-stdin exclude each other")
        }
        if readsPassword && username == nil { throw ValidationError("--password-stdin needs --username") }
        if registries.credentials != nil { throw ValidationError("login takes --username and --password") }
    }

    mutating func run() throws {
        let name = try RegistryName.read(registry)
        let logins = CredentialStore(registries.locations)
        if showsLogin { return try showLogin(name, in: logins) }
        let user = try username ?? Prompt.line("Username: ")
        if user.isEmpty { throw Failure("the user name is empty") }
        let credential = Credential.password(name: user, password: try secret())
        let client = try registries.registry(name, credential: credential)
        try Blocking.run { try await client.ping() }
        if let file = try Blocking.run({ try await logins.store(credential, for: name) }) {
            Output.error("warning: the password is stored unencrypted in \(file)")
        }
        try Output.line("Login Succeeded")
    }

    private func showLogin(_ name: String, in logins: CredentialStore) throws {
        guard let credential = try Blocking.run({ try await logins.credential(for: name) }) else {
            throw Failure("not logged in to \(name)")
        }
        try Output.line(credential.name)
    }

    private func secret() throws -> String {
        if let password {
            Output.error("warning: --password shows the password to other users; use --password-stdin")
            return password
        }
        return readsPassword ? try Prompt.piped(limit: 64 << 10) : try Prompt.secret("Password: ")
    }
}
