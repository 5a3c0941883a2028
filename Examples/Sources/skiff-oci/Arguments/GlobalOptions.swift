// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime
internal import SystemPackage

/// What the options before the command say.
struct GlobalOptions: Sendable {
    static let all: [Option] = [
        .root, .log, .logFormat, .logLevel, .debug, .cgroupManager, .systemdCgroup, .rootless, .version, .help,
    ]

    /// Where state is kept.
    var root = Runtime.defaultRoot
    /// Whether containers get a control group of their own.
    var hasControlGroup = true

    /// Checks the options and keeps what they say.
    ///
    /// - Throws: ``UsageError`` for what cannot be honoured.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        if let root = arguments.value(of: .root) {
            guard !root.isEmpty else { throw UsageError("--root is empty: a directory is needed") }
            self.root = FilePath(root)
        }
        let refusal = "control groups are managed with cgroupfs only, not with systemd"
        if arguments.has(.systemdCgroup) { throw UsageError("--systemd-cgroup is not supported: \(refusal)") }
        switch try arguments.choice(of: .cgroupManager, among: ["cgroupfs", "systemd", "disabled"]) {
        case "systemd": throw UsageError("--cgroup-manager systemd is not supported: \(refusal)")
        case "disabled": hasControlGroup = false
        default: break
        }
        // What the caller may do is asked of the kernel every time. A group that it may not make is done without only
        // if nothing was asked of it, so there is nothing to choose here.
        _ = try arguments.choice(of: .rootless, among: ["true", "false", "auto"])
    }
}
