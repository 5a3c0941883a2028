// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import OCISpec
import SystemPackage
import Testing

@testable import RuntimeCore

@Suite("The configuration of an image and options") struct ConfigurationBuilderTests {
    private func builder(
        _ command: [String] = [],
        image: ImageConfiguration.Execution = ImageConfiguration.Execution(cmd: ["sh"]),
        countsSwap: Bool = true,
        configure: (inout ContainerOptions) -> Void = { _ in }
    ) -> ConfigurationBuilder {
        var options = ContainerOptions()
        configure(&options)
        return ConfigurationBuilder(
            image: image,
            options: options,
            command: command,
            id: String(repeating: "ab", count: 32),
            directory: "/store/containers/x",
            countsSwap: countsSwap
        )
    }

    private var root: UserIdentity {
        get throws { try UserIdentity("", groups: [], in: UserDatabase(passwd: [], group: [])) }
    }

    @Test("is valid by the specification, and survives being written and read")
    func valid() throws {
        let configuration = try builder {
            $0.limits.memory = 64 << 20
            $0.limits.pids = 32
            $0.limits.cpus = 1.5
            $0.readOnlyRoot = true
        }.configuration(for: root)
        try configuration.validate()
        #expect(try RuntimeConfiguration(json: configuration.json()) == configuration)
        #expect(configuration.linux?.resources?.memory == LinuxMemory(limit: 64 << 20, swap: 128 << 20))
        #expect(configuration.linux?.resources?.pids?.limit == 32)
        #expect(configuration.linux?.resources?.cpu?.quota == 150_000)
        #expect(configuration.linux?.resources?.devices?.first == LinuxDeviceRule(allow: false, access: "rwm"))
        #expect(configuration.root?.readonly == true)
        #expect(configuration.process?.noNewPrivileges == true)
        #expect(configuration.linux?.seccomp != nil)
        #expect(configuration.hostname == "abababababab")
    }

    @Test(
        "runs entry point and command as docker has it",
        arguments: [
            (["e"], ["c"], nil, [], ["e", "c"]), (["e"], ["c"], nil, ["x"], ["e", "x"]), ([], ["c"], nil, [], ["c"]),
            (["e"], ["c"], ["n"], [], ["n"]), (["e"], ["c"], ["n"], ["x"], ["n", "x"]),
            (["e"], ["c"], [], ["x"], ["x"]),
        ] as [([String], [String], [String]?, [String], [String])]
    )
    func arguments(
        entrypoint: [String],
        cmd: [String],
        replacement: [String]?,
        command: [String],
        expected: [String]
    ) throws {
        let image = ImageConfiguration.Execution(entrypoint: entrypoint, cmd: cmd)
        let made = builder(command, image: image) { $0.entrypoint = replacement }
        #expect(try made.arguments() == expected)
        // An image made of the container runs the same.
        #expect(try builder(image: made.execution).arguments() == expected)
    }

    @Test("is what an image made of the container says, with what was asked for in its place")
    func execution() {
        let image = ImageConfiguration.Execution(
            user: "one",
            exposedPorts: ["80/tcp"],
            env: ["A=1", "B=2"],
            cmd: ["sh"],
            workingDir: "/one",
            labels: ["a": "1"],
            stopSignal: "SIGINT"
        )
        #expect(builder(image: image).execution == image)
        let made = builder(["id"], image: image) {
            $0.environment = ["B", "C=3", "A=4"]
            $0.user = "two"
            $0.workingDirectory = "/two"
            $0.labels = ["b": "2"]
            $0.stopSignal = "SIGHUP"
        }
        #expect(
            made.execution
                == ImageConfiguration.Execution(
                    user: "two",
                    exposedPorts: ["80/tcp"],
                    env: ["A=4", "C=3"],
                    cmd: ["id"],
                    workingDir: "/two",
                    labels: ["a": "1", "b": "2"],
                    stopSignal: "SIGHUP"
                )
        )
    }

    @Test("is refused without a program", arguments: [[], [""]] as [[String]])
    func noProgram(cmd: [String]) {
        let image = ImageConfiguration.Execution(cmd: cmd)
        let made = builder(image: image)
        #expect(throws: ContainerStoreError.self) { try made.arguments() }
    }

    @Test(
        "has each variable once, the caller's before the image's before docker's, and drops those named without a value"
    )
    func environment() throws {
        let image = ImageConfiguration.Execution(env: ["A=1", "PATH=/bin", "B=2", "A=3"], cmd: ["sh"])
        let entries = builder(image: image) { $0.environment = ["B=4", "C=a=b", "HOSTNAME", "D="] }
            .environment(try root)
        #expect(entries == ["PATH=/bin", "HOME=/", "A=3", "B=4", "C=a=b", "D="])
    }

    @Test("gives a user other than root no capabilities but the bounding set", .rows("CVE-2018-10856"))
    func capabilities() throws {
        let user = try UserIdentity("5", groups: [], in: UserDatabase(passwd: [], group: []))
        let capabilities = try builder().configuration(for: user).process?.capabilities
        #expect(capabilities?.bounding?.count == 14)
        #expect(capabilities?.effective == [])
        #expect(capabilities?.permitted == [])
        #expect(capabilities?.ambient == nil)
        #expect(try builder().configuration(for: root).process?.capabilities?.effective?.count == 14)
    }

    @Test("bounds swap by memory only where the kernel counts it, unless the caller says so")
    func swap() throws {
        let derived = try builder(countsSwap: false) { $0.limits.memory = 1 << 20 }.resources([]).memory
        #expect(derived == LinuxMemory(limit: 1 << 20))
        let asked = try builder(countsSwap: false) {
            $0.limits.memory = 1 << 20
            $0.limits.memoryAndSwap = -1
        }.resources([]).memory
        #expect(asked == LinuxMemory(limit: 1 << 20, swap: -1))
        let huge = try builder { $0.limits.memory = .max }.resources([]).memory
        #expect(huge?.swap == -1)
    }

    @Test("puts a mount of the caller's in the place of a standard one")
    func mounts() throws {
        let mounts = try builder {
            $0.mounts = [.bind(source: "/my/hosts", destination: "/etc/hosts", readOnly: true)]
        }.mounts()
        let hosts = mounts.filter { $0.destination == "/etc/hosts" }
        #expect(hosts.map(\.source) == ["/my/hosts"])
        #expect(hosts[0].options?.contains("rro") == true)
        for bad in ["relative", "/", ""] {
            #expect(throws: ContainerStoreError.self) {
                try builder { $0.mounts = [.tmpfs(destination: bad, options: [])] }.mounts()
            }
        }
    }

    @Test("shares with the host what was asked for, and nothing else")
    func sharing() throws {
        func kinds(_ configure: (inout ContainerOptions) -> Void) throws -> Set<LinuxNamespace.Kind> {
            Set(try builder(configure: configure).configuration(for: root).linux?.namespaces?.map(\.type) ?? [])
        }
        let all: Set<LinuxNamespace.Kind> = [.mount, .uts, .cgroup, .pid, .ipc, .network]
        #expect(try kinds { _ in } == all)
        #expect(try kinds { $0.network = .host } == all.subtracting([.network]))
        #expect(try kinds { $0.sharesHostProcesses = true } == all.subtracting([.pid]))
        #expect(try kinds { $0.sharesHostIPC = true } == all.subtracting([.ipc]))
    }

    @Test("says docker's filter in the terms of the specification without a change of meaning")
    func seccomp() throws {
        let profile = SeccompProfile.default()
        let section = LinuxSeccomp(profile)
        #expect(section.architectures?.count == profile.architectures.count)
        #expect(section.syscalls?.count == profile.rules.count)
        #expect(section.syscalls?.flatMap { $0.args ?? [] }.count == profile.rules.flatMap(\.conditions).count)
        #expect(section.defaultErrnoRet == 1)
    }

    @Test("gives the host's resolver only to containers with a network")
    func resolver() {
        func resolver(_ network: NetworkMode) -> [UInt8]? {
            builder { $0.network = network }.etcFiles(resolver: [1, 2]).first { $0.name == "resolv.conf" }?.content
        }
        #expect(resolver(.none) == [])
        #expect(resolver(.host) == [1, 2])
    }
}
