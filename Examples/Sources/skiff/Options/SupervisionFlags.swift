// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// What the process that stays with a detached container is to do.
struct SupervisionFlags: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Start it again when it has ended: no, on-failure[:number], always or unless-stopped.",
            valueName: "policy"
        )
    )
    var restart: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Shell command that looks in the container whether it is well.", valueName: "command")
    )
    var healthCmd: String?

    @Flag(help: "Leave out the health check that the image brings along.")
    var noHealthcheck = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Time between two looks; 30s.", valueName: "duration"))
    var healthInterval: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Time after which a look has failed; 30s.", valueName: "duration")
    )
    var healthTimeout: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Time from the start in which failures do not count; 0s.", valueName: "duration")
    )
    var healthStartPeriod: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Failures in a row that make it unhealthy; 3.", valueName: "number")
    )
    var healthRetries: String?

    /// What the flags ask for; `nil` when it is nothing.
    func supervision() throws(Failure) -> Supervision? {
        var supervision = Supervision()
        if let restart { try Self.read(restart, into: &supervision) }
        supervision.health = try health()
        return supervision == Supervision() ? nil : supervision
    }

    /// Reads a policy.
    static func read(_ text: String, into supervision: inout Supervision) throws(Failure) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let policy = Supervision.Restart(rawValue: parts[0].isEmpty ? "no" : parts[0]) else {
            throw Failure("invalid argument \"\(text)\" for --restart: no such policy")
        }
        supervision.restart = policy
        supervision.maximumRetries = nil
        guard parts.count == 2 else { return }
        guard policy == .onFailure, let number = Int(parts[1]), number >= 0 else {
            throw Failure("invalid argument \"\(text)\" for --restart: a number belongs to on-failure only")
        }
        supervision.maximumRetries = number
    }

    private func health() throws(Failure) -> HealthCheck? {
        if noHealthcheck && healthCmd != nil { throw Failure("--no-healthcheck contradicts --health-cmd") }
        guard let healthCmd, !healthCmd.isEmpty else {
            let others = [healthInterval, healthTimeout, healthStartPeriod, healthRetries]
            if others.contains(where: { $0 != nil }) { throw Failure("--health flags need a --health-cmd beside them") }
            return nil
        }
        var check = HealthCheck(["/bin/sh", "-c", healthCmd])
        if let value = try GoDuration.milliseconds(healthInterval, "--health-interval") { check.interval = value }
        if let value = try GoDuration.milliseconds(healthTimeout, "--health-timeout") { check.timeout = value }
        if let value = try GoDuration.milliseconds(healthStartPeriod, "--health-start-period") {
            check.startPeriod = value
        }
        if let retries: Int = try FlagNumber.read(healthRetries, "--health-retries") { check.retries = retries }
        guard check.interval > 0, check.timeout > 0, check.retries > 0 else {
            throw Failure("--health-interval, --health-timeout and --health-retries are above zero")
        }
        return check
    }
}
