// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("An image that wants out of skiff-oci", .requires(.root, .programs, .busybox)) struct OCIEscapeTests {
    private typealias Mount = RuntimeConfiguration.Mount

    @Test(
        "has no devices made where its /dev leads, which runc 1.1.5 does",
        .rows("CVE-2026-41579", "R-02"),
        arguments: AttackedRuntime.allCases
    )
    func deviceLink(_ runtime: AttackedRuntime) throws {
        guard try runtime.isHere() else { return }
        let hostile = try HostileBundle("ln -s $canary/dev dev")
        hostile.bundle.configuration.mounts?.removeAll { $0.destination.hasPrefix("/dev") }
        hostile.bundle.configuration.root?.readonly = false
        _ = try hostile.run(runtime)
        #expect(try hostile.canaryIsUntouched() == (runtime == .ours))
        #expect(try hostile.bundle.remains() == "")
    }

    @Test(
        "has no masked path covered by what its /dev/null leads to, which runc 1.1.5 does",
        .rows("CVE-2025-31133", "R-08"),
        arguments: AttackedRuntime.allCases
    )
    func nullLink(_ runtime: AttackedRuntime) throws {
        guard try runtime.isHere() else { return }
        let hostile = try HostileBundle(
            script: "/bin/busybox grep ' /proc/keys ' /proc/self/mountinfo",
            "mkdir ../devices; ln -s /proc/sys/kernel/domainname ../devices/null; mkdir -p dev"
        )
        hostile.bundle.configuration.mounts?.removeAll { $0.destination.hasPrefix("/dev") }
        hostile.bundle.configuration.mounts?.append(
            Mount(destination: "/dev", type: "bind", source: "devices", options: ["bind", "rw"])
        )
        let result = try hostile.run(runtime)
        let isFooled = result.output.contains("/sys/kernel/domainname")
        #expect(isFooled == (runtime == .vulnerable), "\(result.output)\(result.errors)")
        // Ours is empty and read-only, whatever the image has at /dev/null.
        if runtime == .ours { #expect(result.status != 0 || result.output.contains(" ro")) }
        #expect(try hostile.canaryIsUntouched())
    }

    @Test(
        "has no directory made outside while it swaps the path of a mount for a link, which happens to runc 1.1.5",
        .rows("CVE-2024-45310", "CVE-2021-30465", "CVE-2015-1335", "R-09"),
        arguments: AttackedRuntime.allCases
    )
    func targetRace(_ runtime: AttackedRuntime) throws {
        guard try runtime.isHere() else { return }
        let hostile = try HostileBundle(
            script: "/bin/busybox awk '$5 ~ /x4$/ { print \"inside\" }' /proc/self/mountinfo",
            "mkdir a; ln -s $canary b"
        )
        hostile.bundle.configuration.root?.readonly = false
        hostile.bundle.configuration.mounts?.append(Mount(destination: "/a/x1/x2/x3/x4", type: "tmpfs", source: "t"))
        let root = hostile.bundle.directory.path.appending("rootfs")
        let racer = Racer(root.appending("a"), root.appending("b"))
        defer { racer.stop() }
        var rounds = 0
        while try rounds < (runtime == .ours ? 150 : 400) && hostile.canaryIsUntouched() {
            let result = try hostile.run(runtime)
            // A mount that is there is in the container's tree, or the creation has failed.
            if runtime == .ours, result.status == 0 { #expect(result.output == "inside\n") }
            rounds += 1
        }
        #expect(try hostile.canaryIsUntouched() == (runtime == .ours))
        #expect(try hostile.bundle.remains() == "")
    }

    @Test("has its read-only paths read-only although it swaps them for others", .rows("GHSA-3q8j-pf29-vwv8"))
    func readOnlyRace() throws {
        let hostile = try HostileBundle(
            script: "echo x >/fixed/file && echo written; exit 0",
            "mkdir fixed other; : >fixed/file; : >other/file"
        )
        hostile.bundle.configuration.root?.readonly = false
        hostile.bundle.configuration.linux?.readonlyPaths?.append("/fixed")
        let root = hostile.bundle.directory.path.appending("rootfs")
        let racer = Racer(root.appending("fixed"), root.appending("other"))
        defer { racer.stop() }
        for _ in 0..<60 {
            let result = try hostile.run()
            // Once attached, the mount goes with the directory it is on: what is at the name now may be the other one. It
            // must never be both this directory and writable; so the directory that was covered stays as it was.
            guard result.status == 0, !result.output.contains("written") else { continue }
            #expect(result.errors.contains("Read-only file system"))
        }
        #expect(try hostile.bundle.remains() == "")
    }

    @Test(
        "gets its terminal although /dev/console is something else, and nothing outside is touched",
        .rows("CVE-2025-52565", "R-07", "R-06"),
        arguments: [
            "mkdir dev; ln -s $canary/file dev/console", "mkdir -p dev/console",
            "mkdir dev; ln -s $canary/dev/pts dev/pts",
            "mkdir dev; mkfifo dev/console", "mkdir dev; : >dev/pts", "mkdir dev; ln -s ../../canary/dev/ptmx dev/ptmx",
        ]
    )
    func console(_ prepare: String) throws {
        let hostile = try HostileBundle(script: "/bin/busybox stat -c %F /dev/console", prepare)
        hostile.bundle.configuration.mounts?.removeAll { $0.destination.hasPrefix("/dev") }
        hostile.bundle.configuration.root?.readonly = false
        hostile.bundle.configuration.process?.terminal = true
        try hostile.bundle.save()
        let result = try hostile.bundle.shell("script -qec \"timeout 20 $oci run $id\" /dev/null </dev/null")
        #expect(result.status != 124)
        #expect(!result.output.contains("regular"), "\(result.output)")
        #expect(try hostile.canaryIsUntouched())
        #expect(try hostile.bundle.remains() == "")
    }

    @Test(
        "does not get to the host by a descriptor that its caller left open",
        .rows("CVE-2024-21626", "R-11"),
        arguments: ["/proc/self/fd/9", "/proc/self/fd/9/etc", "/link", "/proc/1/fd/9", "/proc/thread-self/fd/9"]
    )
    func leakedDescriptor(_ directory: String) throws {
        let hostile = try HostileBundle(
            script: "/bin/busybox pwd -P; /bin/busybox ls -d ../../../../../../../\(Program.packageDirectory)",
            "ln -s /proc/self/fd/9 link"
        )
        hostile.bundle.configuration.root?.readonly = false
        hostile.bundle.configuration.process?.cwd = directory
        try hostile.bundle.save()
        let result = try hostile.bundle.shell("exec 9</; $oci run $id </dev/null")
        #expect(result.status != 0)
        #expect(!result.output.contains(Program.packageDirectory), "\(result.output)")
        // The same for a process that is added, whose directory the caller says.
        hostile.bundle.configuration.process?.cwd = "/"
        hostile.bundle.configuration.process?.args = ["/bin/sleep", "1000"]
        try hostile.bundle.save()
        let added = try hostile.bundle.shell(
            """
            exec 9</; $oci run --detach $id </dev/null >/dev/null 2>&1
            $oci exec --cwd \(directory) $id /bin/busybox ls -d ../../../../../../../../\(Program.packageDirectory) etc bin
            $oci exec $id \(directory)/bin/true && echo ran; $oci delete --force $id
            """
        )
        #expect(!added.output.contains(Program.packageDirectory), "\(added.output)")
        #expect(!added.output.contains("ran"))
        #expect(try hostile.bundle.remains() == "")
    }

    @Test(
        "has its working directory made inside, wherever links lead",
        .rows("CVE-2026-55686", "R-11"),
        arguments: ["/link/new/deep", "/up/new/deep", "/link/new"]
    )
    func workingDirectory(_ directory: String) throws {
        let hostile = try HostileBundle(
            script: "pwd",
            "ln -s $canary link; ln -s ../../../../../../../../../..$canary up; mkdir real; ln -s real honest"
        )
        hostile.bundle.configuration.root?.readonly = false
        hostile.bundle.configuration.process?.cwd = directory
        _ = try hostile.run()
        #expect(try hostile.canaryIsUntouched())
        // An honest link works, as docker's images have them.
        hostile.bundle.configuration.process?.cwd = "/honest/made"
        #expect(try hostile.run().output == "/real/made\n")
    }
}
