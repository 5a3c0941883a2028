// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RegistryClient
internal import RuntimeCore

/// `skiff logout`.
struct LogoutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logout", abstract: "Forget the login to a registry.")

    // The store is not needed; `--root` may be there all the same.
    @OptionGroup var store: StoreOptions

    @Option(
        name: .customLong("authfile"),
        help: ArgumentHelp("File of logins; by default $REGISTRY_AUTH_FILE, else docker's.", valueName: "file")
    )
    var authenticationFile: String?

    @Argument(help: ArgumentHelp("Host and port; docker.io by default.", valueName: "registry"))
    var registry: String?

    mutating func run() throws {
        let name = try RegistryName.read(registry)
        var variables = HostEnvironment.variables
        if let authenticationFile { variables["REGISTRY_AUTH_FILE"] = authenticationFile }
        let locations = CredentialLocations(environment: variables, userID: HostUser.number)
        let logins = CredentialStore(locations)
        let wasLoggedIn = try Blocking.run { try await logins.remove(name) }
        try Output.line(wasLoggedIn ? "Removed the login to \(name)" : "Not logged in to \(name)")
    }
}
