// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// What a running container shares with the host and what it has of its own, and its processes.
struct NamespaceTree {
    /// A namespace of the container's first process.
    private struct Namespace {
        let kind: String
        let number: String
        let isHosts: Bool
    }

    /// A process as the host sees it.
    private struct Process {
        let number: Int32
        let parent: Int32
        let command: String
    }

    private let name: String
    private let id: String
    private let namespaces: [Namespace]
    private let processes: [Process]

    /// - Throws: ``Failure`` when the container does not run, ``RuntimeError``.
    init(_ container: StoredContainer) throws {
        name = container.metadata.name
        id = container.id
        let running = try container.runtimeContainer()
        let first = try running.state().pid
        namespaces = ["user", "pid", "mnt", "net", "ipc", "uts", "cgroup", "time"].compactMap { kind in
            guard let number = Self.link("/proc/\(first)/ns/\(kind)") else { return nil }
            return Namespace(kind: kind, number: number, isHosts: number == Self.link("/proc/self/ns/\(kind)"))
        }
        processes = try running.processIDs().sorted().compactMap(Self.process)
    }

    /// Lines with branches.
    var lines: [String] {
        var lines = ["\(name) (\(id.prefix(12)))", "├─ namespaces"]
        for (index, namespace) in namespaces.enumerated() {
            let kind = namespace.kind + String(repeating: " ", count: 7 - namespace.kind.count)
            let branch = index == namespaces.count - 1 ? "└─" : "├─"
            lines.append("│  \(branch) \(kind)\(namespace.number)  \(namespace.isHosts ? "the host's" : "its own")")
        }
        lines.append("└─ processes")
        let known = Set(processes.map(\.number))
        add(processes.filter { !known.contains($0.parent) }, below: "   ", to: &lines)
        return lines
    }

    private func add(_ level: [Process], below indent: String, to lines: inout [String]) {
        for (index, process) in level.enumerated() {
            let isLast = index == level.count - 1
            lines.append("\(indent)\(isLast ? "└─" : "├─") \(process.number) \(process.command)")
            let children = processes.filter { $0.parent == process.number }
            add(children, below: indent + (isLast ? "   " : "│  "), to: &lines)
        }
    }

    /// The same as an object.
    var json: JSONValue {
        .members([
            "Id": .string(id), "Name": .string(name),
            "Namespaces": .array(
                namespaces.map {
                    .members(["Type": .string($0.kind), "Number": .string($0.number), "Host": .bool($0.isHosts)])
                }
            ),
            "Processes": .array(
                processes.map {
                    .members([
                        "Pid": .integer($0.number), "ParentPid": .integer($0.parent), "Command": .string($0.command),
                    ])
                }
            ),
        ])
    }

    /// The number in a link such as `pid:[4026531836]`.
    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let text = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(text.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" })
    }

    /// `nil` for a process that has ended meanwhile.
    private static func process(_ number: Int32) -> Process? {
        guard let status = try? HostPath.read("/proc/\(number)/stat"),
            let words = try? HostPath.read("/proc/\(number)/cmdline")
        else { return nil }
        let text = String(decoding: status, as: UTF8.self)
        // What is in parentheses is the process's own choice.
        guard let end = text.lastIndex(of: ")"), let start = text.firstIndex(of: "(") else { return nil }
        let fields = text[end...].dropFirst().split(separator: " ")
        guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
        let arguments = words.split(separator: 0).map { ByteText(Array($0)).description }
        let title = ByteText(String(text[start..<end].dropFirst())).description
        return Process(
            number: number,
            parent: parent,
            command: arguments.isEmpty ? "[\(title)]" : arguments.joined(separator: " ")
        )
    }
}
