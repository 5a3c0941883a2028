// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import Testing

/// A change to a valid configuration that must be found.
struct ValidationFault: Sendable, CustomTestStringConvertible {
    let path: String
    let code: ValidationProblem.Code
    /// Members that replace those of the valid configuration, by the path to the object that holds them.
    let change: @Sendable (inout RuntimeConfiguration) -> Void

    init(
        _ path: String,
        _ code: ValidationProblem.Code,
        _ change: @escaping @Sendable (inout RuntimeConfiguration) -> Void
    ) {
        (self.path, self.code, self.change) = (path, code, change)
    }

    var testDescription: String { "\(path): \(code)" }

    var configuration: RuntimeConfiguration {
        get throws {
            var configuration = RuntimeConfiguration.example
            change(&configuration)
            return configuration
        }
    }

    static let all = document + process + mounts + linux + resources + seccomp

    private static let document = [
        ValidationFault("root", .missing) { $0.root = nil },
        ValidationFault("root.path", .missing) { $0.root?.path = "" },
        ValidationFault("hostname", .needs) { $0.linux?.namespaces?.removeAll { $0.type == .uts } },
        ValidationFault("hostname", .invalid) { $0.hostname = String(repeating: "h", count: 65) },
        ValidationFault("domainname", .needs) {
            ($0.hostname, $0.domainname) = (nil, "d")
            $0.linux?.namespaces?.removeAll { $0.type == .uts }
        },
        ValidationFault("hooks.poststop[0].path", .invalid) { $0.hooks = .init(poststop: [.init(path: "bin")]) },
        ValidationFault("hooks.prestart[0].timeout", .invalid) {
            $0.hooks = .init(prestart: [.init(path: "/bin", timeout: 0)])
        },
        ValidationFault("hooks.startContainer[1].env[0]", .invalid) {
            $0.hooks = .init(startContainer: [.init(path: "/a"), .init(path: "/a", env: ["x"])])
        },
    ]

    private static let process = [
        ValidationFault("process.args", .missing) { $0.process?.args = nil },
        ValidationFault("process.args", .missing) { $0.process?.args = [] },
        ValidationFault("process.args[0]", .missing) { $0.process?.args = [""] },
        ValidationFault("process.cwd", .invalid) { $0.process?.cwd = "tmp" },
        ValidationFault("process.cwd", .invalid) { $0.process?.cwd = "" },
        ValidationFault("process.cwd", .invalid) { $0.process?.cwd = "\u{338}/x" },
        ValidationFault("process.env[0]", .invalid) { $0.process?.env = ["NAME"] },
        ValidationFault("process.env[1]", .invalid) { $0.process?.env = ["A=", "=x"] },
        ValidationFault("process.user.uid", .invalid) { $0.process?.user.uid = .max },
        ValidationFault("process.user.additionalGids[1]", .invalid) { $0.process?.user.additionalGids = [1, .max] },
        ValidationFault("process.user.umask", .invalid) { $0.process?.user.umask = 0o1000 },
        ValidationFault("process.rlimits[0].soft", .invalid) { $0.process?.rlimits?[0].soft = 1025 },
        ValidationFault("process.rlimits[1].type", .duplicate) {
            $0.process?.rlimits?.append(.init(type: .openFiles, soft: 1, hard: 2))
        },
        ValidationFault("process.oomScoreAdj", .invalid) { $0.process?.oomScoreAdj = 1001 },
        ValidationFault("process.ioPriority.priority", .invalid) {
            $0.process?.ioPriority = .init(class: .idle, priority: 8)
        },
        ValidationFault("process.scheduler.priority", .invalid) { $0.process?.scheduler = .init(policy: .fifo) },
        ValidationFault("process.scheduler.priority", .conflict) {
            $0.process?.scheduler = .init(policy: .batch, priority: 1)
        },
        ValidationFault("process.scheduler.nice", .invalid) { $0.process?.scheduler = .init(policy: .other, nice: 20) },
        ValidationFault("process.scheduler.runtime", .missing) { $0.process?.scheduler = .init(policy: .deadline) },
        ValidationFault("process.scheduler.period", .conflict) {
            $0.process?.scheduler = .init(policy: .other, period: 1)
        },
        ValidationFault("process.execCPUAffinity.final", .invalid) {
            $0.process?.execCPUAffinity = .init(final: "3-1")
        },
        ValidationFault("process.apparmorProfile", .invalid) { $0.process?.apparmorProfile = "a\nb" },
    ]

    private static let mounts = [
        ValidationFault("mounts[0].destination", .missing) { $0.mounts = [.init(destination: "")] },
        ValidationFault("mounts[0].source", .missing) { $0.mounts = [.init(destination: "/a", options: ["rbind"])] },
        ValidationFault("mounts[0].options[0]", .needs) { $0.mounts = [.init(destination: "/a", options: ["idmap"])] },
        ValidationFault("mounts[0]", .needs) {
            let mapping = LinuxIDMapping(containerID: 0, hostID: 1, size: 1)
            $0.mounts = [.init(destination: "/a", options: ["idmap"], uidMappings: [mapping])]
        },
    ]

    private static func mapping(_ container: UInt32, _ host: UInt32, _ size: UInt32) -> LinuxIDMapping {
        LinuxIDMapping(containerID: container, hostID: host, size: size)
    }

    private static func users(_ mappings: [LinuxIDMapping], _ configuration: inout RuntimeConfiguration) {
        configuration.linux?.namespaces?.append(LinuxNamespace(type: .user))
        configuration.linux?.uidMappings = mappings
        configuration.linux?.gidMappings = [mapping(0, 1, 1)]
    }

    private static let linux = [
        ValidationFault("linux.namespaces[6].type", .duplicate) {
            $0.linux?.namespaces?.append(LinuxNamespace(type: .pid, path: "/x"))
        },
        ValidationFault("linux.namespaces[0].path", .invalid) { $0.linux?.namespaces?[0].path = "proc/1/ns/pid" },
        ValidationFault("linux.uidMappings", .needs) { $0.linux?.uidMappings = [mapping(0, 0, 1)] },
        ValidationFault("linux.uidMappings", .missing) { users([], &$0) },
        ValidationFault("linux.uidMappings[0].size", .invalid) { users([mapping(0, 0, 0)], &$0) },
        ValidationFault("linux.uidMappings[0].hostID", .invalid) { users([mapping(0, 4_294_967_290, 6)], &$0) },
        ValidationFault("linux.uidMappings[1].containerID", .duplicate) {
            users([mapping(0, 100, 10), mapping(9, 200, 10)], &$0)
        },
        ValidationFault("linux.uidMappings[1].hostID", .duplicate) {
            users([mapping(0, 100, 10), mapping(10, 109, 1)], &$0)
        },
        ValidationFault("linux.uidMappings", .invalid) {
            users((0...340).map { mapping(UInt32($0), UInt32($0), 1) }, &$0)
        },
        ValidationFault(#"linux.sysctl["net.ipv4.ip_forward"]"#, .invalid) {
            $0.linux?.sysctl = ["net.ipv4.ip_forward": "1\nx"]
        },
        ValidationFault(#"linux.sysctl["kernel.hostname"]"#, .conflict) { $0.linux?.sysctl = ["kernel.hostname": "x"] },
        ValidationFault("linux.cgroupsPath", .invalid) { $0.linux?.cgroupsPath = "/a/../b" },
        ValidationFault("linux.maskedPaths[0]", .invalid) { $0.linux?.maskedPaths = ["proc/kcore"] },
        ValidationFault("linux.readonlyPaths[1]", .invalid) { $0.linux?.readonlyPaths = ["/a", ""] },
        ValidationFault("linux.devices[0].path", .invalid) {
            $0.linux?.devices = [LinuxDevice(type: .fifo, path: "dev/x")]
        },
        ValidationFault("linux.devices[0].minor", .missing) {
            $0.linux?.devices = [LinuxDevice(type: .block, path: "/dev/x", major: 1)]
        },
        ValidationFault("linux.devices[0].major", .invalid) {
            $0.linux?.devices = [LinuxDevice(type: .character, path: "/dev/x", major: 4096, minor: 0)]
        },
        ValidationFault("linux.devices[0].minor", .invalid) {
            $0.linux?.devices = [LinuxDevice(type: .character, path: "/dev/x", major: 1, minor: -1)]
        },
        ValidationFault("linux.devices[0].fileMode", .invalid) {
            $0.linux?.devices = [LinuxDevice(type: .fifo, path: "/dev/x", fileMode: 0o020666)]
        },
        ValidationFault(#"linux.netDevices["a/b"]"#, .invalid) { $0.linux?.netDevices = ["a/b": LinuxNetDevice()] },
        ValidationFault("linux.netDevices", .duplicate) {
            $0.linux?.netDevices = ["a": LinuxNetDevice(name: "x"), "b": LinuxNetDevice(name: "x")]
        },
        ValidationFault("linux.netDevices", .needs) {
            $0.linux?.netDevices = ["a": LinuxNetDevice()]
            $0.linux?.namespaces?.removeAll { $0.type == .network }
        },
        ValidationFault("linux.timeOffsets", .needs) { $0.linux?.timeOffsets = .init(monotonic: .init(secs: 1)) },
        ValidationFault("linux.timeOffsets", .conflict) {
            $0.linux?.timeOffsets = .init(monotonic: .init(secs: 1))
            $0.linux?.namespaces?.append(LinuxNamespace(type: .time, path: "/t"))
        },
        ValidationFault("linux.timeOffsets.boottime.nanosecs", .invalid) {
            $0.linux?.timeOffsets = .init(boottime: .init(nanosecs: 1_000_000_000))
            $0.linux?.namespaces?.append(LinuxNamespace(type: .time))
        },
        ValidationFault("linux.memoryPolicy.nodes", .missing) { $0.linux?.memoryPolicy = .init(mode: .bind) },
        ValidationFault("linux.memoryPolicy.nodes", .conflict) {
            $0.linux?.memoryPolicy = .init(mode: .local, nodes: "0")
        },
        ValidationFault("linux.memoryPolicy.flags", .conflict) {
            $0.linux?.memoryPolicy = .init(mode: .bind, nodes: "0", flags: [.relativeNodes, .staticNodes])
        },
        ValidationFault("linux.intelRdt.closID", .invalid) { $0.linux?.intelRdt = .init(closID: "../x") },
    ]

    private static let resources = [
        ValidationFault("linux.resources.devices[0].access", .invalid) {
            $0.linux?.resources?.devices = [LinuxDeviceRule(allow: true, access: "rx")]
        },
        ValidationFault("linux.resources.devices[0].minor", .invalid) {
            $0.linux?.resources?.devices = [LinuxDeviceRule(allow: true, major: -1, minor: -2)]
        },
        ValidationFault("linux.resources.memory.limit", .invalid) { $0.linux?.resources?.memory = .init(limit: -2) },
        ValidationFault("linux.resources.memory.swap", .conflict) {
            $0.linux?.resources?.memory = .init(limit: 2, swap: 1)
        },
        ValidationFault("linux.resources.memory.swappiness", .invalid) {
            $0.linux?.resources?.memory = .init(swappiness: 101)
        },
        ValidationFault("linux.resources.cpu.cpus", .invalid) { $0.linux?.resources?.cpu = .init(cpus: "0,,1") },
        ValidationFault("linux.resources.cpu.idle", .invalid) { $0.linux?.resources?.cpu = .init(idle: 2) },
        ValidationFault("linux.resources.pids.limit", .invalid) { $0.linux?.resources?.pids = .init(limit: -2) },
        ValidationFault("linux.resources.blockIO.weight", .invalid) { $0.linux?.resources?.blockIO = .init(weight: 9) },
        ValidationFault("linux.resources.blockIO.throttleReadBpsDevice[0].major", .invalid) {
            let device = LinuxThrottleDevice(major: -1, minor: 0, rate: 1)
            $0.linux?.resources?.blockIO = .init(throttleReadBpsDevice: [device])
        },
        ValidationFault("linux.resources.hugepageLimits[0].pageSize", .invalid) {
            $0.linux?.resources?.hugepageLimits = [LinuxHugepageLimit(pageSize: "2M", limit: 0)]
        },
        ValidationFault(#"linux.resources.unified["../memory.max"]"#, .invalid) {
            $0.linux?.resources?.unified = ["../memory.max": "1"]
        },
    ]

    private static let seccomp = [
        ValidationFault("linux.seccomp.defaultAction", .invalid) {
            $0.linux?.seccomp = .init(defaultAction: .notify, listenerPath: "/l")
        },
        ValidationFault("linux.seccomp.defaultErrnoRet", .invalid) {
            $0.linux?.seccomp = .init(defaultAction: .errno, defaultErrnoRet: 4096)
        },
        ValidationFault("linux.seccomp.architectures[1]", .duplicate) {
            $0.linux?.seccomp = .init(defaultAction: .allow, architectures: [.x86, .x86])
        },
        ValidationFault("linux.seccomp.syscalls[0].names", .missing) {
            $0.linux?.seccomp = .init(defaultAction: .allow, syscalls: [.init(names: [], action: .kill)])
        },
        ValidationFault("linux.seccomp.syscalls[0].names[0]", .invalid) {
            $0.linux?.seccomp = .init(defaultAction: .allow, syscalls: [.init(names: ["a b"], action: .kill)])
        },
        ValidationFault("linux.seccomp.syscalls[0].args[0].index", .invalid) {
            let argument = LinuxSeccomp.Argument(index: 6, value: 0, op: .equal)
            let rule = LinuxSeccomp.Rule(names: ["a"], action: .kill, args: [argument])
            $0.linux?.seccomp = .init(defaultAction: .allow, syscalls: [rule])
        },
        ValidationFault("linux.seccomp.listenerPath", .needs) {
            $0.linux?.seccomp = .init(defaultAction: .allow, syscalls: [.init(names: ["a"], action: .notify)])
        },
        ValidationFault("linux.seccomp.listenerPath", .invalid) {
            $0.linux?.seccomp = .init(defaultAction: .allow, listenerPath: "l")
        },
        ValidationFault("linux.seccomp.flags", .needs) {
            $0.linux?.seccomp = .init(defaultAction: .allow, flags: [.waitKillableReceive])
        },
    ]
}
