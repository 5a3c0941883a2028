// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime

extension Command {
    static let checkpoint = Command(
        name: "checkpoint",
        summary: "save a running container to images",
        description: """
            Saves the processes of a container to images, with the program criu. Without --leave-running they are gone
            then, and the container is deleted.
            """,
        operands: "CONTAINER",
        operandCount: 1...1,
        options: [
            .imagePath, .workPath, .parentPath, .leaveRunning, .tcpEstablished, .tcpSkipInFlight, .linkRemap,
            .extUnixSk,
            .shellJob, .lazyPages, .statusFD, .pageServer, .fileLocks, .preDump, .manageCgroupsMode, .emptyNS,
            .autoDedup,
        ]
    ) { invocation in
        let options = try CheckpointRequest.options(invocation.arguments)
        let container = try invocation.container()
        try container.checkpoint(options)
        if !options.leavesRunning && !options.isPreDump { try container.delete(force: true) }
        return 0
    }
}
