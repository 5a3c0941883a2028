// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

extension Command {
    static let spec = Command(
        name: "spec",
        summary: "write a config.json to begin with",
        description: """
            Writes config.json into the bundle, or into the working directory: a shell in a terminal, with the root file
            system in rootfs. An existing file is left alone.
            """,
        options: [.bundle, .rootlessExample]
    ) { invocation in
        var configuration =
            invocation.arguments.has(.rootlessExample)
            ? RuntimeConfiguration.rootlessExample(uid: geteuid(), gid: getegid()) : .example
        // As runc has it: only where there is one hierarchy does its namespace hide the host's groups.
        if !Files.exists("/sys/fs/cgroup/cgroup.controllers") {
            configuration.linux?.namespaces?.removeAll { $0.type == .cgroup }
        }
        let path = FilePath(invocation.arguments.value(of: .bundle) ?? "").appending("config.json")
        do throws(SystemCallError) {
            try Files.create(path.string, configuration.json(pretty: true) + [UInt8(ascii: "\n")])
        } catch {
            let exists = error.errno == .fileExists
            throw ProgramError(exists ? "\(path) exists: remove it first" : "write the configuration: \(error)")
        }
        return 0
    }
}
