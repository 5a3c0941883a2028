// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// What `inspect` shows of a container.
struct ContainerInspection {
    private let container: StoredContainer

    init(_ container: StoredContainer) { self.container = container }

    /// Docker's members.
    func dockers() throws -> JSONValue {
        let metadata = container.metadata
        let configuration = try container.configuration()
        return .members([
            "Id": .string(metadata.id), "Created": .string(metadata.created),
            "Path": .string(metadata.command.first ?? ""), "Args": .strings(Array(metadata.command.dropFirst())),
            "State": try state(), "Image": .string("\(metadata.imageID)"), "LogPath": .string(container.logFile.string),
            "Name": .string("/\(metadata.name)"), "RestartCount": .integer(SupervisorRecord.read(container).restarts),
            "Driver": .string("overlay2"),
            "Platform": .string("linux"), "HostConfig": hostConfig(configuration),
            "Mounts": .array(Self.mounts(configuration)), "Config": config(configuration),
            "NetworkSettings": .members(["Ports": .members([:]), "Networks": .members([:])]),
        ])
    }

    private func state() throws -> JSONValue {
        let status = try container.status()
        // One that has ended meanwhile has no state any more.
        let started = (try? container.runtimeContainer().state().created) ?? ""
        var (word, process, exit): (String, Int, RecordedExit?) = ("created", 0, nil)
        switch status {
        case .created: break
        case .running(let number): (word, process) = ("running", number)
        case .paused(let number): (word, process) = ("paused", number)
        case .exited(let recorded): (word, exit) = ("exited", recorded)
        }
        let state = JSONValue.members([
            "Status": .string(word), "Running": .bool(process != 0), "Paused": .bool(word == "paused"),
            "Restarting": .bool(false), "OOMKilled": .bool(exit?.outOfMemory ?? false), "Dead": .bool(false),
            "Pid": .integer(process), "ExitCode": .integer(exit?.status ?? 0), "Error": .string(""),
            "StartedAt": .string(word == "created" ? "" : started), "FinishedAt": .string(exit?.finished ?? ""),
        ])
        guard let health = SupervisorRecord.read(container).health, var members = state.object?.members else {
            return state
        }
        members.append(JSONObject.Member(key: "Health", value: Self.health(health)))
        return .object(JSONObject(members))
    }

    private static func health(_ health: Health) -> JSONValue {
        let log = health.lastStatus.map { status in
            JSONValue.members(["ExitCode": .integer(status), "Output": .string(health.lastOutput ?? "")])
        }
        return .members([
            "Status": .string(health.status.rawValue), "FailingStreak": .integer(health.failures),
            "Log": .array(log.map { [$0] } ?? []),
        ])
    }

    private func config(_ configuration: RuntimeConfiguration) -> JSONValue {
        let process = configuration.process
        let metadata = container.metadata
        let user = "\(process?.user.uid ?? 0):\(process?.user.gid ?? 0)"
        return .members([
            "Hostname": .string(configuration.hostname ?? ""),
            "User": .string(user),
            "Tty": .bool(process?.terminal ?? false), "Env": .strings(process?.env ?? []),
            "Cmd": .strings(metadata.command), "Image": .string(metadata.image),
            "WorkingDir": .string(process?.cwd ?? "/"), "Labels": .map(metadata.labels),
            "StopSignal": .string(metadata.stopSignal ?? "SIGTERM"),
        ])
    }

    private func hostConfig(_ configuration: RuntimeConfiguration) -> JSONValue {
        let resources = configuration.linux?.resources
        let quota = resources?.cpu?.quota ?? 0
        let period = Int64(clamping: resources?.cpu?.period ?? 100_000)
        return .members([
            "RestartPolicy": .members([
                "Name": .string(container.metadata.supervision?.restart.rawValue ?? "no"),
                "MaximumRetryCount": .integer(container.metadata.supervision?.maximumRetries ?? 0),
            ]),
            "Memory": .integer(resources?.memory?.limit ?? 0), "MemorySwap": .integer(resources?.memory?.swap ?? 0),
            "MemoryReservation": .integer(resources?.memory?.reservation ?? 0),
            "NanoCpus": .integer(quota * 1_000_000_000 / max(period, 1)),
            "CpuShares": .integer(resources?.cpu?.shares ?? 0), "CpusetCpus": .string(resources?.cpu?.cpus ?? ""),
            "CpusetMems": .string(resources?.cpu?.mems ?? ""), "PidsLimit": .integer(resources?.pids?.limit ?? 0),
            "ReadonlyRootfs": .bool(configuration.root?.readonly ?? false),
            "OomScoreAdj": .integer(configuration.process?.oomScoreAdj ?? 0),
            "CapBounding": .strings(configuration.process?.capabilities?.bounding ?? []),
            "Annotations": .map(configuration.annotations ?? [:]),
        ])
    }

    private static func mounts(_ configuration: RuntimeConfiguration) -> [JSONValue] {
        (configuration.mounts ?? []).compactMap { mount in
            let options = mount.options ?? []
            let isBind = options.contains("rbind") || options.contains("bind")
            guard isBind || mount.type == "tmpfs", !mount.destination.hasPrefix("/dev") else { return nil }
            return .members([
                "Type": .string(isBind ? "bind" : "tmpfs"), "Source": .string(isBind ? mount.source ?? "" : ""),
                "Destination": .string(mount.destination), "Mode": .string(options.joined(separator: ",")),
                "RW": .bool(!options.contains("ro") && !options.contains("rro")),
            ])
        }
    }

    /// The documents themselves.
    func native() throws -> JSONValue {
        let state = try? container.runtimeContainer().state()
        var exit = JSONValue.null
        if case .exited(.some(let recorded)) = try container.status() { exit = try .document(recorded) }
        return .members([
            "container": try .document(container.metadata), "bundle": .string(container.bundle.string),
            "state": try state.map { try .document($0) } ?? .null, "exit": exit,
            "configuration": try .document(try container.configuration()),
        ])
    }
}
