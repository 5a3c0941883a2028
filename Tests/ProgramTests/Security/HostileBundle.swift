// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import TestSupport

/// A bundle whose image tries to get out, and beside it the files that it tries to reach.
struct HostileBundle {
    let bundle: OCIBundle
    private let before: String

    /// Makes the bundle; `prepare` is a shell script that runs in `rootfs`, where `$canary` is the path of the files outside.
    init(script: String = "exit 0", _ prepare: String = "") throws {
        bundle = try OCIBundle(script: script)
        let made = try bundle.shell(
            """
            set -e; canary=$PWD/canary; mkdir -p canary/dev/pts canary/new; echo secret >canary/file; chmod 640 canary/file
            mkfifo canary/fifo; : >canary/dev/ptmx; touch -d 2001-02-03 canary/file; cd rootfs; \(prepare)
            """
        )
        guard made.status == 0 else { throw Unprepared(errors: made.errors) }
        before = try Self.snapshot(bundle)
    }

    struct Unprepared: Error { let errors: String }

    /// The path of the files outside.
    var canary: String { bundle.directory.path.appending("canary").string }

    /// Whether the files outside are as they were: names, types, modes, owners, links, times and content.
    func canaryIsUntouched() throws -> Bool { try Self.snapshot(bundle) == before }

    private static func snapshot(_ bundle: OCIBundle) throws -> String {
        try bundle.shell(
            "find canary -printf '%p %y %m %U:%G %n %T@ %C@ %l\\n' | sort; sha256sum canary/file canary/dev/ptmx; grep canary /proc/mounts"
        ).output
    }

    /// Runs a container to its end with `runtime`, and removes it.
    func run(_ runtime: AttackedRuntime = .ours, _ options: String = "") throws -> Command.Result {
        try bundle.save()
        let command = runtime.command(in: bundle)
        return try bundle.shell(
            "timeout 60 \(command) run \(options) $id </dev/null; rc=$?; \(command) delete --force $id >/dev/null 2>&1; exit $rc"
        )
    }
}
