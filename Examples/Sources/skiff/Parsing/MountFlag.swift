// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// `--volume`, `--mount` and `--tmpfs`.
enum MountFlag {
    /// `SOURCE:DESTINATION[:OPTIONS]` of `--volume`.
    static func volume(_ text: String) throws(Failure) -> ContainerMountRequest {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
            throw Failure("invalid volume \"\(text)\": the form is /HOST/PATH:/CONTAINER/PATH[:ro]")
        }
        if parts.count == 1 {
            throw Failure("volume \"\(text)\": volumes without a path of the host are not supported")
        }
        guard parts[0].hasPrefix("/") || parts[0].hasPrefix(".") else {
            throw Failure("volume \"\(text)\": named volumes are not supported; use a path such as ./\(parts[0])")
        }
        var isReadOnly = false
        for option in parts.count == 3 ? parts[2].split(separator: ",") : [] {
            switch option {
            case "ro": isReadOnly = true
            case "rw", "rprivate": break
            default: throw Failure("volume \"\(text)\": the option \"\(option)\" is not supported")
            }
        }
        return .bind(
            source: try HostPath.existing(parts[0], for: "--volume"),
            destination: parts[1],
            readOnly: isReadOnly
        )
    }

    /// `PATH[:OPTIONS]` of `--tmpfs`.
    static func tmpfs(_ text: String) throws(Failure) -> ContainerMountRequest {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let options = parts.count == 2 ? parts[1].split(separator: ",").map(String.init) : []
        return .tmpfs(destination: String(parts[0]), options: options)
    }

    /// `type=bind,source=…,destination=…` of `--mount`.
    static func mount(_ text: String) throws(Failure) -> ContainerMountRequest {
        var (type, source, destination) = ("volume", "", "")
        var isReadOnly = false
        var options: [String] = []
        for (key, value) in try KeyValue.fields(text, of: "--mount") {
            switch key {
            case "type": type = value ?? ""
            case "source", "src": source = value ?? ""
            case "destination", "dst", "target": destination = value ?? ""
            case "readonly", "ro":
                guard let isOn = Switch.read(value ?? "true") else {
                    throw Failure("--mount \"\(text)\": \(key) is neither true nor false")
                }
                isReadOnly = isOn
            case "tmpfs-size": options.append("size=\(try ByteSize.read(value ?? "", of: "tmpfs-size"))")
            case "tmpfs-mode": options.append("mode=\(value ?? "")")
            case "bind-propagation" where value == "rprivate": break
            default: throw Failure("--mount \"\(text)\": \(key) is not supported")
            }
        }
        if destination.isEmpty { throw Failure("--mount \"\(text)\": destination is missing") }
        switch type {
        case "bind":
            if source.isEmpty { throw Failure("--mount \"\(text)\": source is missing") }
            if !options.isEmpty { throw Failure("--mount \"\(text)\": tmpfs options on a bind mount") }
            let path = try HostPath.existing(source, for: "--mount")
            return .bind(source: path, destination: destination, readOnly: isReadOnly)
        case "tmpfs":
            if !source.isEmpty { throw Failure("--mount \"\(text)\": a tmpfs has no source") }
            return .tmpfs(destination: destination, options: options + (isReadOnly ? ["ro"] : []))
        default: throw Failure("--mount \"\(text)\": the type \"\(type)\" is not supported; use bind or tmpfs")
        }
    }
}
