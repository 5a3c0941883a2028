// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff update`.
struct UpdateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change limits of containers, at once and for later starts, and when they are started again."
    )

    @OptionGroup var store: StoreOptions

    @OptionGroup var limits: ResourceFlags

    @Option(help: ArgumentHelp("When a detached container is started again; as with run.", valueName: "policy"))
    var restart: String?

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "container"))
    var names: [String]

    mutating func run() throws {
        let limits = try limits.limits()
        guard limits != ContainerLimits() || restart != nil else {
            throw Failure("'skiff update' needs a limit to change; see 'skiff update --help'")
        }
        let store = try store.open()
        try Each.of(names) { name in
            let container = try store.container(name)
            if limits != ContainerLimits() { try container.update(limits) }
            if let restart {
                var supervision = container.metadata.supervision ?? Supervision()
                try SupervisionFlags.read(restart, into: &supervision)
                try container.update(supervision == Supervision() ? nil : supervision)
            }
            try Output.line(name)
        }
    }
}
