// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime
internal import SystemPackage

extension Command {
    static let restore = Command(
        name: "restore",
        summary: "make a container from images",
        description: """
            Makes the container CONTAINER from a bundle and the images of a checkpoint, with the program criu, and waits
            for its end as run does.
            """,
        operands: "CONTAINER",
        operandCount: 1...1,
        options: [
            .bundle, .imagePath, .workPath, .detach, .pidFile, .noSubreaper, .tcpEstablished, .extUnixSk, .shellJob,
            .fileLocks, .manageCgroupsMode, .emptyNS, .autoDedup, .lazyPages, .lsmProfile, .lsmMountContext, .keep,
        ]
    ) { invocation in
        let arguments = invocation.arguments
        let options = try CheckpointRequest.options(arguments)
        let foreground = arguments.has(.detach) ? nil : try Foreground()
        let container = try invocation.runtime.restore(
            invocation.id,
            bundle: FilePath(arguments.value(of: .bundle) ?? "."),
            options: options,
            pidFile: arguments.value(of: .pidFile).map { FilePath($0) }
        )
        guard let foreground, let processID = container.processID else { return 0 }
        try foreground.follow(processID, terminal: nil) {}
        let status = try container.waitBlocking().status
        if !arguments.has(.keep) { try container.delete() }
        return status
    }
}

/// What `checkpoint` and `restore` are asked for.
enum CheckpointRequest {
    /// Reads the options; images are in `checkpoint` of the working directory if nothing else is said, as in runc.
    static func options(_ arguments: ParsedArguments) throws(UsageError) -> CheckpointOptions {
        var options = CheckpointOptions(images: FilePath(arguments.value(of: .imagePath) ?? "checkpoint"))
        options.work = arguments.value(of: .workPath).map { FilePath($0) }
        options.parent = arguments.value(of: .parentPath).map { FilePath($0) }
        options.leavesRunning = arguments.has(.leaveRunning)
        options.isPreDump = arguments.has(.preDump)
        options.establishedTCP = arguments.has(.tcpEstablished)
        options.skipsTCPInFlight = arguments.has(.tcpSkipInFlight)
        options.linkRemap = arguments.has(.linkRemap)
        options.externalUnixSockets = arguments.has(.extUnixSk)
        options.shellJob = arguments.has(.shellJob)
        options.fileLocks = arguments.has(.fileLocks)
        options.deduplicates = arguments.has(.autoDedup)
        options.lazyPages = arguments.has(.lazyPages)
        options.statusDescriptor = try arguments.count(of: .statusFD).map { Int32(clamping: $0) }
        options.pageServer = arguments.value(of: .pageServer)
        options.lsmProfile = arguments.value(of: .lsmProfile)
        options.lsmMountContext = arguments.value(of: .lsmMountContext)
        let modes = CheckpointOptions.CgroupMode.allCases.map(\.rawValue)
        let mode = try arguments.choice(of: .manageCgroupsMode, among: modes)
        options.cgroupMode = mode.flatMap { CheckpointOptions.CgroupMode(rawValue: $0) }
        if let server = options.pageServer, server.split(separator: ":").count < 2 {
            throw UsageError("--page-server \(server): ADDRESS:PORT is needed")
        }
        for name in arguments.values(of: .emptyNS) where name != "network" {
            throw UsageError("--empty-ns \(name): only network is supported")
        }
        return options
    }
}
