// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// An instruction of `import --change`, as Dockerfiles have it.
enum ImageChange {
    static func apply(_ text: String, to execution: inout ImageConfiguration.Execution) throws(Failure) {
        let parts = text.split(separator: " ", maxSplits: 1)
        let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
        if value.isEmpty { throw Failure("--change \"\(text)\": a value is missing") }
        switch parts.first?.uppercased() {
        case "CMD": execution.cmd = words(value)
        case "ENTRYPOINT": execution.entrypoint = words(value)
        case "USER": execution.user = String(value)
        case "WORKDIR": execution.workingDir = String(value)
        case "ENV":
            _ = try KeyValue.read(String(value), of: "--change ENV", needsValue: true)
            execution.env = (execution.env ?? []) + [String(value)]
        case "LABEL":
            let (key, content) = try KeyValue.read(String(value), of: "--change LABEL", needsValue: true)
            execution.labels = (execution.labels ?? [:]).merging([key: content]) { $1 }
        default: throw Failure("--change \"\(text)\" is not supported")
        }
    }

    /// A JSON array of strings, or a line for the shell.
    private static func words(_ value: Substring) -> [String] {
        (try? [String](json: String(value))) ?? ["/bin/sh", "-c", String(value)]
    }
}
