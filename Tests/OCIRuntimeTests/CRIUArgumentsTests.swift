// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("Command lines of criu") struct CRIUArgumentsTests {
    /// A bundle's configuration with one bind mount and one masked path.
    private var configuration: RuntimeConfiguration {
        var configuration = RuntimeConfiguration.example
        configuration.mounts = [
            .init(destination: "/proc", type: "proc"),
            .init(destination: "/data", source: "volume", options: ["rbind"]),
        ]
        configuration.linux?.maskedPaths = ["/proc/kcore"]
        return configuration
    }

    @Test("for a dump name the process, the images and what lies outside of the container")
    func dump() {
        var options = CheckpointOptions(images: "/images")
        options.work = "/work"
        options.leavesRunning = true
        options.establishedTCP = true
        options.pageServer = "[::1]:99"
        let words = CRIUArguments.dump(
            options,
            processID: 7,
            configuration: configuration,
            freezer: "/sys/fs/cgroup/freezer/box",
            networkInode: 4026
        )
        #expect(
            words == [
                "dump", "--tree", "7", "--images-dir", "/images", "--log-file", "dump.log", "-v4", "--work-dir",
                "/work",
                "--manage-cgroups=soft", "--empty-ns", "net", "--tcp-established", "--leave-running", "--freeze-cgroup",
                "/sys/fs/cgroup/freezer/box", "--page-server", "--address", "[::1]", "--port", "99", "--external",
                "net[4026]:extRootNetNS", "--external", "mnt[/data]:/data", "--external",
                "mnt[/proc/kcore]:/proc/kcore",
            ]
        )
    }

    @Test("for a pre-dump track memory and leave mounts alone")
    func preDump() {
        var options = CheckpointOptions(images: "/images")
        options.isPreDump = true
        options.parent = "../earlier"
        options.cgroupMode = .ignore
        let words = CRIUArguments.dump(
            options,
            processID: 7,
            configuration: configuration,
            freezer: nil,
            networkInode: nil
        )
        #expect(
            words == [
                "pre-dump", "--tree", "7", "--images-dir", "/images", "--log-file", "dump.log", "-v4",
                "--manage-cgroups=ignore", "--empty-ns", "net", "--prev-images-dir", "../earlier", "--track-mem",
            ]
        )
    }

    @Test("for a restore give mounts their sources and pipes their place")
    func restore() {
        var options = CheckpointOptions(images: "/images")
        options.lsmProfile = "apparmor:box"
        let words = CRIUArguments.restore(
            options,
            root: "/run/box/criu-root",
            configuration: configuration,
            bundle: "/bundle",
            pidFile: "/run/box/criu.pid",
            emptyDirectory: "/run/box/criu-empty",
            isDirectory: { _ in false },
            streams: ["/dev/null", "pipe:[42]", "pipe:[43]"],
            network: 3
        )
        #expect(
            words == [
                "restore", "--restore-detached", "--restore-sibling", "--evasive-devices", "--root",
                "/run/box/criu-root", "--pidfile", "/run/box/criu.pid", "--images-dir", "/images", "--log-file",
                "restore.log", "-v4", "--manage-cgroups=soft", "--empty-ns", "net", "--lsm-profile", "apparmor:box",
                "--external", "mnt[/data]:/bundle/volume", "--external", "mnt[/proc/kcore]:/dev/null", "--inherit-fd",
                "fd[1]:pipe:[42]", "--inherit-fd", "fd[2]:pipe:[43]", "--inherit-fd", "fd[3]:extRootNetNS",
            ]
        )
    }
}
