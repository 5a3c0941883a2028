// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

extension ContainerFlags {
    /// What the flags ask for.
    func options(_ process: ProcessFlags, terminal: TerminalSize?) throws -> ContainerOptions {
        var options = ContainerOptions()
        options.name = name
        options.entrypoint = entrypoint.map { $0.isEmpty ? [] : [$0] }
        options.hostname = hostname
        options.additionalGroups = groupAdd
        options.environment = try process.environment()
        options.workingDirectory = process.workdir
        options.user = process.user
        options.terminal = terminal
        if let platform { options.platform = try Platform(platform) }
        if let network { options.network = try NetworkFlag.read(network) }
        options.sharesHostProcesses = try sharesHosts(pid, "--pid")
        options.sharesHostIPC = try sharesHosts(ipc, "--ipc")
        options.labels = try KeyValue.dictionary(label, of: "--label")
        options.annotations = try KeyValue.dictionary(annotation, of: "--annotation")
        if let stopSignal {
            _ = try SignalName.number(of: stopSignal)
            options.stopSignal = stopSignal
        }
        options.supervision = try supervision.supervision()
        options.usesImageHealthCheck = !supervision.noHealthcheck
        try files.apply(to: &options)
        try limits.apply(to: &options)
        try privileges.apply(to: &options)
        return options
    }

    private func sharesHosts(_ mode: String?, _ flag: String) throws(Failure) -> Bool {
        switch mode {
        case nil, "", "private": false
        case "host": true
        case .some(let other): throw Failure("\(flag) \(other) is not supported; use host or private")
        }
    }
}
