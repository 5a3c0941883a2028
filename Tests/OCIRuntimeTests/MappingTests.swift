// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import NamespaceKit
import OCISpec
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("Mapping of a configuration")
struct MappingTests {
    @Test("gives the example's container")
    func example() throws {
        let mapped = try MappingFixture.map()
        let container = mapped.container
        #expect(container.namespaces == .isolated)
        #expect(container.root == .directory("/bundle/rootfs"))
        #expect(container.rootIsReadOnly)
        #expect(container.rootPropagation == nil)
        #expect(container.hostname == Array("skiff".utf8))
        #expect(container.domainname == nil)
        #expect(container.mounts.map(\.destination.string).first == "/proc")
        #expect(container.mounts.last?.source == .cgroup)
        #expect(container.devices == DeviceNode.defaults)
        #expect(container.links == SymbolicLink.defaults)
        #expect(container.maskedPaths.contains("/proc/kcore"))
        #expect(container.readOnlyPaths.contains("/proc/sys"))
        #expect(container.process.arguments == [Array("sh".utf8)])
        #expect(container.process.noNewPrivileges)
        #expect(container.process.capabilities == .standard(CapabilitySet([.auditWrite, .kill, .netBindService])))
        #expect(
            container.process.resourceLimits == [NamespaceKit.ResourceLimit(.openFiles, soft: 1024, hard: 1024)]
        )
        #expect(container.process.terminal == TerminalSize())
        #expect(mapped.terminalRequested)
        #expect(mapped.hostHooks == HostHooks())
    }

    @Test("of environment entries with one name takes the last, and an empty HOME for none")
    func environment() throws {
        func map(_ entries: [String]) throws -> (entries: [String], findsHome: Bool) {
            let process = try MappingFixture.map { $0.process?.env = entries }.container.process
            return (process.environment.map { String(decoding: $0, as: UTF8.self) }, process.findsHome)
        }
        let given = try map(["A=1", "HOME=/a", "B=2", "A=3", "HOME=/b"])
        #expect(given.entries == ["B=2", "A=3", "HOME=/b"])
        #expect(!given.findsHome)
        let empty = try map(["HOME=/a", "A=1", "HOME="])
        #expect(empty.entries == ["A=1"])
        #expect(empty.findsHome)
        #expect(try map(["HOMER=x"]).findsHome)
    }

    @Test("warns of capabilities that the kernel cannot grant, and leaves them out")
    func unknownCapabilities() throws {
        let mapped = try MappingFixture.map {
            $0.process?.capabilities = .init(
                bounding: ["CAP_KILL", "CAP_TELEPORT"],
                effective: ["CAP_KILL"],
                inheritable: ["TELEPORT"],
                permitted: ["CAP_KILL"],
                ambient: ["CAP_KILL"]
            )
            $0.linux?.resources = LinuxResources(memory: LinuxMemory(kernel: 1 << 20))
        }
        #expect(mapped.container.process.capabilities.bounding == CapabilitySet(.kill))
        #expect(mapped.container.process.capabilities.ambient.isEmpty)
        try #require(mapped.warnings.count == 3)
        #expect(mapped.warnings[0].hasSuffix("ignoring unknown or unavailable capabilities: [CAP_TELEPORT TELEPORT]"))
        #expect(mapped.warnings[1].contains("can't raise ambient capability CAP_KILL: "))
        #expect(mapped.warnings[2].contains("memory.kernel is ignored"))
        #expect(mapped.cgroup.limits.memory.kernel == nil)
    }

    @Test("gives every field of the process")
    func process() throws {
        let process = try MappingFixture.map {
            $0.process?.user = .init(uid: 1, gid: 2, umask: 0o77, additionalGids: [3, 4])
            $0.process?.env = ["A=b"]
            $0.process?.cwd = "/work"
            $0.process?.oomScoreAdj = -5
            $0.process?.consoleSize = .init(height: 24, width: 80)
            $0.process?.noNewPrivileges = nil
            $0.process?.capabilities = .init(
                bounding: ["CAP_CHOWN"],
                permitted: ["CAP_KILL", "CAP_FOWNER"],
                ambient: []
            )
            $0.process?.capabilities?.inheritable = ["CAP_KILL"]
            // CAP_FOWNER is not inheritable, so the kernel would not raise it; runc lets it pass, and so do we.
            $0.process?.capabilities?.ambient = ["CAP_KILL", "CAP_FOWNER"]
            $0.linux?.personality = LinuxPersonality(domain: .linux32)
        }.container.process
        #expect((process.uid, process.gid) == (1, 2))
        #expect(process.umask == 0o77)
        #expect(process.additionalGroups == [3, 4])
        #expect(process.environment == [Array("A=b".utf8)])
        #expect(process.workingDirectory == "/work")
        #expect(process.oomScoreAdjustment == -5)
        #expect(process.terminal == TerminalSize(rows: 24, columns: 80))
        #expect(!process.noNewPrivileges)
        #expect(process.capabilities.bounding == CapabilitySet(.chown))
        #expect(process.capabilities.ambient == CapabilitySet(.kill))
        #expect(process.capabilities.effective.isEmpty)
        #expect(process.personality == 8)
    }

    @Test("knows every resource limit's name", arguments: RuntimeConfiguration.RLimit.Kind.allCases)
    func limits(_ kind: RuntimeConfiguration.RLimit.Kind) throws {
        let mapped = try MappingFixture.map { $0.process?.rlimits = [.init(type: kind, soft: 1, hard: 2)] }
        #expect(mapped.container.process.resourceLimits.map(\.resource.name) == [kind.rawValue])
    }

    @Test("joins namespaces with a path and shares those that are not listed")
    func namespaces() throws {
        let container = try MappingFixture.map {
            $0.hostname = ""
            $0.linux?.namespaces = [
                LinuxNamespace(type: .mount), LinuxNamespace(type: .network, path: "/run/netns/a"),
                LinuxNamespace(type: .pid, path: ""), LinuxNamespace(type: .user),
            ]
            $0.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: 1000, size: 10)]
            $0.linux?.gidMappings = [LinuxIDMapping(containerID: 0, hostID: 2000, size: 20)]
        }.container
        #expect(
            container.namespaces
                == NamespaceSet(user: .new, pid: .new, mount: .new, network: .join("/run/netns/a"))
        )
        #expect(container.uidMappings == [IDMapping(containerID: 0, hostID: 1000, count: 10)])
        #expect(container.gidMappings == [IDMapping(containerID: 0, hostID: 2000, count: 20)])
        #expect(container.hostname == nil)
    }

    @Test("moves network devices in the order of their names")
    func networkDevices() throws {
        let mapped = try MappingFixture.map {
            $0.linux?.netDevices = ["eth1": LinuxNetDevice(name: "in%d"), "eth0": LinuxNetDevice(name: "")]
        }
        let expected = [
            NetworkDevice(Array("eth0".utf8)), NetworkDevice(Array("eth1".utf8), newName: Array("in%d".utf8)),
        ]
        #expect(mapped.container.networkDevices == expected)
    }

    @Test("takes every kind of root propagation", arguments: LinuxConfiguration.Propagation.allCases)
    func propagation(_ kind: LinuxConfiguration.Propagation) throws {
        let mapped = try #require(
            try MappingFixture.map { $0.linux?.rootfsPropagation = kind }.container.rootPropagation
        )
        #expect((mapped.recursive ? "r" : "") + mapped.kind.rawValue == kind.rawValue)
    }

    @Test("puts hooks where they run, with the path as the default argument")
    func hooks() throws {
        let hook = RuntimeConfiguration.Hook(path: "/bin/hook", args: ["hook", "x"], env: ["A=1"], timeout: 3)
        let mapped = try MappingFixture.map {
            $0.hooks = .init(
                prestart: [.init(path: "/1")],
                createRuntime: [.init(path: "/2")],
                createContainer: [hook],
                startContainer: [.init(path: "/4")],
                poststart: [.init(path: "/5")],
                poststop: [.init(path: "/6")]
            )
        }
        var program = LaunchHook(
            point: .beforeProgram,
            name: "startContainer hook #0",
            path: "/4",
            arguments: [Array("/4".utf8)],
            // As with runc.
            environment: (RuntimeConfiguration.example.process?.env ?? []).map { Array($0.utf8) }
        )
        program.inheritsHome = true
        #expect(
            mapped.container.hooks == [
                LaunchHook(
                    point: .beforePivot,
                    name: "createContainer hook #0",
                    path: "/bin/hook",
                    arguments: ["hook", "x"].map { Array($0.utf8) },
                    environment: [Array("A=1".utf8)],
                    timeoutSeconds: 3
                ),
                program,
            ]
        )
        let host = mapped.hostHooks
        #expect(
            [host.prestart, host.createRuntime, host.poststart, host.poststop].map { $0.map(\.path) } == [
                ["/1"], ["/2"], ["/5"], ["/6"],
            ]
        )
    }

    @Test("hands kernel parameters on in slashed form, sorted")
    func sysctls() throws {
        let mapped = try MappingFixture.map {
            $0.linux?.sysctl = [
                "net.ipv4.ip_forward": "1", "net.ipv4.conf.eth0/1.forwarding": "0", "net/ipv4/conf/e.2/forwarding": "2",
            ]
        }
        #expect(
            mapped.container.sysctls.map { String(decoding: $0.key + [32] + $0.value, as: UTF8.self) } == [
                "net/ipv4/conf/eth0.1/forwarding 0", "net/ipv4/ip_forward 1", "net/ipv4/conf/e.2/forwarding 2",
            ]
        )
    }

    @Test("replaces default devices by listed ones and leaves ptmx to the container's own")
    func devices() throws {
        let devices = try MappingFixture.map {
            $0.linux?.devices = [
                LinuxDevice(type: .character, path: "/dev//null", major: 1, minor: 3, fileMode: 0o020600, uid: 7),
                LinuxDevice(type: .unbuffered, path: "/dev/fuse", major: 10, minor: 229),
                LinuxDevice(type: .block, path: "/dev/loop0", major: 7, minor: 0, gid: 6),
                LinuxDevice(type: .fifo, path: "/dev/initctl", major: 9, minor: 9),
                LinuxDevice(type: .character, path: "/dev/ptmx", major: 5, minor: 2),
            ]
        }.container.devices
        #expect(devices.count == DeviceNode.defaults.count + 3)
        #expect(
            devices.first
                == DeviceNode(path: "/dev/null", kind: .character, major: 1, minor: 3, permissions: 0o600, uid: 7)
        )
        #expect(
            Array(devices.suffix(3)) == [
                DeviceNode(path: "/dev/fuse", kind: .character, major: 10, minor: 229),
                DeviceNode(path: "/dev/loop0", kind: .block, major: 7, minor: 0, gid: 6),
                DeviceNode(path: "/dev/initctl", kind: .fifo),
            ]
        )
    }

    @Test("makes no devices and links in the host's /dev", arguments: ["/dev", "/dev/", "dev", "/x/../dev"])
    func hostDevices(_ destination: String) throws {
        let container = try MappingFixture.map {
            $0.mounts = [.init(destination: destination, type: "bind", source: "/dev", options: ["rbind"])]
            $0.linux?.devices = [LinuxDevice(type: .character, path: "/dev/fuse", major: 10, minor: 229)]
        }.container
        #expect(container.devices.isEmpty)
        #expect(container.links.isEmpty)
    }
}
