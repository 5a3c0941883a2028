// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff update`.
struct UpdateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change limits of containers, at once and for later starts."
    )

    @OptionGroup var store: StoreOptions

    @OptionGroup var limits: ResourceFlags

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "container"))
    var names: [String]

    mutating func run() throws {
        let limits = try limits.limits()
        guard limits != ContainerLimits() else {
            throw Failure("'skiff update' needs a limit to change; see 'skiff update --help'")
        }
        let store = try store.open()
        try Each.of(names) { name in
            try store.container(name).update(limits)
            try Output.line(name)
        }
    }
}
