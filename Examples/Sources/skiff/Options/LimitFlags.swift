// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// What `run` and `create` say of limits.
struct LimitFlags: ParsableArguments {
    @OptionGroup var resources: ResourceFlags

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Limit of the process, such as nofile=1024:2048.", valueName: "name=soft[:hard]")
    )
    var ulimit: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How eagerly it is ended when memory is short, -1000 to 1000.", valueName: "score")
    )
    var oomScoreAdj: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Control group below which its own is made.", valueName: "path")
    )
    var cgroupParent: String?

    /// Notes what the flags say.
    func apply(to options: inout ContainerOptions) throws {
        options.limits = try resources.limits()
        for text in ulimit {
            let limit = try LimitFlag.read(text)
            options.resourceLimits.removeAll { $0.type == limit.type }
            options.resourceLimits.append(limit)
        }
        options.oomScoreAdjustment = try FlagNumber.read(oomScoreAdj, "--oom-score-adj")
        options.cgroupParent = cgroupParent
    }
}
