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
    var root: FilePath
    /// Whether the caller has named that place.
    var rootIsGiven = false
    /// Who makes the control groups of containers.
    var cgroupManager = CgroupManager.fileSystem
    /// Whether the caller is to be taken for one without rights to control groups; `nil` leaves it to the kernel.
    var isRootless: Bool?

    /// Checks the options and keeps what they say.
    ///
    /// - Throws: ``UsageError`` for what cannot be honoured.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        if let root = arguments.value(of: .root) {
            guard !root.isEmpty else { throw UsageError("--root is empty: a directory is needed") }
            self.root = FilePath(root)
            rootIsGiven = true
        } else {
            root = Runtime.defaultRoot
        }
        if arguments.has(.systemdCgroup) { cgroupManager = .systemd }
        switch try arguments.choice(of: .cgroupManager, among: ["cgroupfs", "systemd", "disabled"]) {
        case "cgroupfs": cgroupManager = .fileSystem
        case "systemd": cgroupManager = .systemd
        case "disabled": cgroupManager = .disabled
        default: break
        }
        switch try arguments.choice(of: .rootless, among: ["true", "false", "auto"]) {
        case "true": isRootless = true
        case "false": isRootless = false
        default: break
        }
    }
}
