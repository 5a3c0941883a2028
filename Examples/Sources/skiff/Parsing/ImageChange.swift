// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// An instruction of `--change`, as Dockerfiles have it.
enum ImageChange {
    /// Applies instructions in their order. A new entry point drops the command unless there is a new one, too.
    static func apply(_ texts: [String], to execution: inout ImageConfiguration.Execution) throws(Failure) {
        let names = Set(texts.map { $0.prefix { $0 != " " }.uppercased() })
        if names.contains("ENTRYPOINT") && !names.contains("CMD") { execution.cmd = nil }
        for text in texts { try apply(text, to: &execution) }
    }

    private static func apply(_ text: String, to execution: inout ImageConfiguration.Execution) throws(Failure) {
        let parts = text.split(separator: " ", maxSplits: 1)
        let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
        if value.isEmpty { throw Failure("--change \"\(text)\": a value is missing") }
        switch parts.first?.uppercased() {
        case "CMD": execution.cmd = words(value)
        case "ENTRYPOINT": execution.entrypoint = words(value)
        case "USER": execution.user = String(value)
        case "WORKDIR": execution.workingDir = String(value)
        case "ENV":
            let (key, _) = try KeyValue.read(String(value), of: "--change ENV", needsValue: true)
            execution.env = (execution.env ?? []).filter { !$0.hasPrefix("\(key)=") } + [String(value)]
        case "EXPOSE": execution.exposedPorts = (execution.exposedPorts ?? []).union(try ports(value))
        case "STOPSIGNAL": execution.stopSignal = String(value)
        case "VOLUME": execution.volumes = (execution.volumes ?? []).union(list(value))
        case "LABEL":
            let (key, content) = try KeyValue.read(String(value), of: "--change LABEL", needsValue: true)
            execution.labels = (execution.labels ?? [:]).merging([key: content]) { $1 }
        default: throw Failure("--change \"\(text)\" is not supported")
        }
    }

    /// `80`, `80/udp` and the like, one or more, in the form that images have.
    private static func ports(_ value: Substring) throws(Failure) -> Set<String> {
        var ports: Set<String> = []
        for word in value.split(separator: " ") {
            let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let family = parts.count == 2 ? parts[1].lowercased() : "tcp"
            guard let number = UInt16(parts[0]), ["tcp", "udp", "sctp"].contains(family) else {
                throw Failure("--change EXPOSE \"\(word)\": the form is PORT or PORT/tcp, udp or sctp")
            }
            ports.insert("\(number)/\(family)")
        }
        return ports
    }

    /// A JSON array of strings, or words.
    private static func list(_ value: Substring) -> [String] {
        (try? [String](json: String(value))) ?? value.split(separator: " ").map(String.init)
    }

    /// A JSON array of strings, or a line for the shell.
    private static func words(_ value: Substring) -> [String] {
        (try? [String](json: String(value))) ?? ["/bin/sh", "-c", String(value)]
    }
}
