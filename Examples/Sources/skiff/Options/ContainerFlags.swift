// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser

/// What `run` and `create` say of a container.
struct ContainerFlags: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Name of the container.", valueName: "name"))
    var name: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Replace the image's entry point.", valueName: "program"))
    var entrypoint: String?

    @Option(
        name: [.customShort("h"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Host name.", valueName: "name")
    )
    var hostname: String?

    @Option(
        name: [.long, .customLong("net")],
        parsing: .unconditional,
        help: ArgumentHelp(
            "Network: none (the default: only a loopback interface), host, or ns:PATH.",
            valueName: "mode"
        )
    )
    var network: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("host: share the host's process ids.", valueName: "mode"))
    var pid: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("host: share the host's IPC.", valueName: "mode"))
    var ipc: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Add a group to the user's.", valueName: "group")
    )
    var groupAdd: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("Platform of the image.", valueName: "os/arch"))
    var platform: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Write the container's id to this file, which must not exist.", valueName: "file")
    )
    var cidfile: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Signal by which 'stop' ends the container.", valueName: "signal")
    )
    var stopSignal: String?

    @Option(
        name: [.customShort("l"), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Set a label.", valueName: "key=value")
    )
    var label: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Set an annotation of the OCI configuration.", valueName: "key=value")
    )
    var annotation: [String] = []

    @OptionGroup(title: "Supervision of detached containers")
    var supervision: SupervisionFlags

    @OptionGroup(title: "Files")
    var files: FileFlags

    @OptionGroup(title: "Limits")
    var limits: LimitFlags

    @OptionGroup(title: "Privileges")
    var privileges: PrivilegeFlags
}
