// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import OCIRuntime
internal import OCISpec
internal import SystemPackage

extension Command {
    static let list = Command(
        name: "list",
        summary: "list the containers",
        description: "Lists the containers whose state is in the directory of --root.",
        options: [.format, .quiet]
    ) { invocation in
        let format = try invocation.arguments.choice(of: .format, among: ["table", "json"])
        if invocation.globals.rootIsGiven && !Files.exists(invocation.globals.root.string) {
            throw ProgramError("list containers", "open", invocation.globals.root.string, result: -ENOENT)
        }
        var records = try invocation.runtime.list()
        if invocation.arguments.has(.quiet) {
            for record in records { Files.print(record.id) }
            return 0
        }
        for index in records.indices {
            records[index].owner = ContainerOwner.name(of: records[index].id, in: invocation.runtime)
        }
        if format == "json" {
            Files.print(String(decoding: records.json(), as: UTF8.self))
            return 0
        }
        let header = ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]
        let rows = records.map { [$0.id, "\($0.pid)", $0.status.rawValue, $0.bundle, $0.created, $0.owner] }
        Files.print(TextTable.text([header] + rows))
        return 0
    }
}
