// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// What `run` and `create` say of privileges.
struct PrivilegeFlags: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Add a capability, or ALL.", valueName: "capability")
    )
    var capAdd: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Take a capability away, or ALL.", valueName: "capability")
    )
    var capDrop: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("no-new-privileges, seccomp=unconfined or seccomp=FILE.", valueName: "option")
    )
    var securityOpt: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Set a kernel parameter of its namespaces.", valueName: "name=value")
    )
    var sysctl: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A user namespace: users of the container from here on are those of the host from there on.",
            valueName: "container:host:count"
        )
    )
    var uidmap: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "The same for groups; as for users where it is not given.",
            valueName: "container:host:count"
        )
    )
    var gidmap: [String] = []

    /// Notes what the flags say.
    func apply(to options: inout ContainerOptions) throws {
        options.userMapping = try IDMapFlag.read(uid: uidmap, gid: gidmap)
        options.addedCapabilities = try CapabilityFlag.read(capAdd, of: "--cap-add")
        options.droppedCapabilities = try CapabilityFlag.read(capDrop, of: "--cap-drop")
        if capAdd.contains(where: { $0.uppercased() == "ALL" }) {
            // All but those dropped, as docker has it.
            let dropped = try CapabilityFlag.read(capDrop.filter { $0.uppercased() != "ALL" }, of: "--cap-drop")
            options.addedCapabilities.subtract(dropped)
        }
        // Docker's default.
        options.noNewPrivileges = false
        for text in securityOpt { try SecurityFlag.apply(text, to: &options) }
        for text in sysctl {
            let (name, value) = try KeyValue.read(text, of: "--sysctl", needsValue: true)
            options.sysctls[name] = value
        }
    }
}
