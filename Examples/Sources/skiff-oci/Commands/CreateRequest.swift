// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCIRuntime
internal import OCISpec
internal import SystemPackage

/// What `create` and `run` are asked for.
struct CreateRequest {
    /// The options that both have.
    static let commandOptions: [Option] = [
        .bundle, .configuration, .consoleSocket, .pidFile, .pidfdSocket, .noPivot, .noNewKeyring, .preserveFDs,
    ]

    let id: String
    let bundle: FilePath
    let configuration: RuntimeConfiguration
    let options: CreateOptions
    let pidfdSocket: String?

    /// Whether the process gets a terminal.
    var hasTerminal: Bool { configuration.process?.terminal ?? false }

    /// Reads the bundle, and checks what can be checked before anything is made.
    ///
    /// - Parameters:
    ///   - invocation: The call of `create` or `run`.
    ///   - detached: Whether this program ends before the container.
    /// - Throws: ``UsageError``, ``ProgramError`` or `RuntimeError`; nothing has been made then.
    init(_ invocation: Invocation, detached: Bool) throws {
        let arguments = invocation.arguments
        let passed = try PassedDescriptors(preserved: try arguments.count(of: .preserveFDs) ?? 0, listening: true)
        id = invocation.id
        bundle = FilePath(arguments.value(of: .bundle) ?? ".")
        var configuration = try Runtime.configuration(
            ofBundle: bundle,
            file: FilePath(arguments.value(of: .configuration) ?? "config.json")
        )
        if !passed.environment.isEmpty {
            let own = configuration.process?.env ?? []
            configuration.process?.env = own + passed.environment
        }
        self.configuration = configuration
        let consoleSocket = arguments.value(of: .consoleSocket)
        try TerminalRule.check(
            hasTerminal: configuration.process?.terminal ?? false,
            isDetached: detached,
            hasConsoleSocket: consoleSocket != nil
        )
        var options = CreateOptions()
        options.preservedDescriptors = passed.descriptors
        options.consoleSocket = consoleSocket.map { FilePath($0) }
        options.pidFile = arguments.value(of: .pidFile).map { FilePath($0) }
        options.keepsSessionKeyring = arguments.has(.noNewKeyring)
        options.cgroupManager = invocation.globals.cgroupManager
        options.isRootless = invocation.globals.isRootless
        options.pivotsRoot = !arguments.has(.noPivot)
        options.offersNotifySocket = ReadinessRelay.isWanted
        options.recordsTimes = invocation.log.level == .debug
        self.options = options
        pidfdSocket = arguments.value(of: .pidfdSocket)
    }

    /// Creates the container. Nothing is left behind on failure.
    func create(in runtime: Runtime) throws -> Container {
        let container = try runtime.create(id, configuration: configuration, bundle: bundle, options: options)
        guard let socket = pidfdSocket, let processID = container.processID else { return container }
        do {
            try PIDFDSocket.send(processID, to: socket)
        } catch {
            // The first error counts.
            try? container.delete(force: true)
            throw error
        }
        return container
    }
}
