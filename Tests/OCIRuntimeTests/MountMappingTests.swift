// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import OCISpec
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("Mapping of mounts")
struct MountMappingTests {
    /// The options that the specification says a runtime MUST and SHOULD know.
    static let specified = [
        "async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "iversion", "lazytime", "loud",
        "mand",
        "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime", "nomand", "norelatime", "nostrictatime",
        "nosuid", "private", "rbind", "relatime", "remount", "ro", "rprivate", "rshared", "rslave", "runbindable", "rw",
        "shared", "silent", "slave", "strictatime", "suid", "sync", "unbindable", "idmap", "nosymfollow", "ratime",
        "rdev",
        "rdiratime", "rexec", "ridmap", "rnoatime", "rnodev", "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime",
        "rnosuid", "rnosymfollow", "rrelatime", "rro", "rrw", "rstrictatime", "rsuid", "rsymfollow", "symfollow",
        "tmpcopyup",
    ]

    @Test("knows every option of the specification and no other", arguments: specified)
    func table(_ name: String) {
        #expect(MountOption(name: name) != nil)
        #expect(MountOption(name: name.uppercased()) == nil)
    }

    @Test("lists the options that are applied")
    func names() {
        #expect(Set(MountOption.names) == Set(Self.specified))
        #expect(MountOption.names == MountOption.names.sorted())
    }

    @Test(
        "turns attributes into flags",
        arguments: [
            ("ro", MountFlags.readOnly), ("nosuid", .noSetuid), ("nodev", .noDevices), ("noexec", .noExecution),
            ("nodiratime", .noDirectoryAccessTimes), ("nosymfollow", .noSymlinkFollowing), ("noatime", .noAccessTimes),
            ("strictatime", .strictAccessTimes),
        ]
    )
    func attributes(_ name: String, _ flag: MountFlags) throws {
        let times: MountFlags = MountFlags.accessTimeMask.contains(flag) ? .accessTimeMask : []
        let single = try MappingFixture.mount(source: "/s", options: ["bind", name])
        #expect(single == ContainerMount(.bind("/s", recursive: false), at: "/mnt", set: flag, clear: times))
        let recursive = try MappingFixture.mount(source: "/s", options: ["rbind", "r" + name])
        #expect(
            recursive
                == ContainerMount(.bind("/s", recursive: true), at: "/mnt", recursiveSet: flag, recursiveClear: times)
        )
        let memory = try MappingFixture.mount(type: "tmpfs", options: ["r" + name])
        #expect(memory == ContainerMount(.fileSystem(type: "tmpfs", options: []), at: "/mnt", set: flag))
    }

    @Test(
        "clears attributes",
        arguments: [
            ("rw", MountFlags.readOnly), ("suid", .noSetuid), ("dev", .noDevices), ("exec", .noExecution),
            ("diratime", .noDirectoryAccessTimes), ("symfollow", .noSymlinkFollowing), ("atime", .accessTimeMask),
            ("relatime", .accessTimeMask), ("nostrictatime", .accessTimeMask),
        ]
    )
    func clearing(_ name: String, _ flag: MountFlags) throws {
        let single = try MappingFixture.mount(source: "/s", options: ["bind", name])
        #expect(single == ContainerMount(.bind("/s", recursive: false), at: "/mnt", clear: flag))
        let recursive = try MappingFixture.mount(source: "/s", options: ["rbind", "r" + name])
        #expect(recursive == ContainerMount(.bind("/s", recursive: true), at: "/mnt", recursiveClear: flag))
    }

    @Test("lets the last of two options count that contradict each other")
    func order() throws {
        let mount = try MappingFixture.mount(
            source: "/s",
            options: ["bind", "ro", "rw", "exec", "noexec", "noatime", "strictatime", "shared", "rslave"]
        )
        #expect(mount?.set == [.noExecution, .strictAccessTimes])
        #expect(mount?.clear == [.readOnly, .accessTimeMask])
        #expect(mount?.propagation == MountPropagation(.slave, recursive: true))
        let memory = try MappingFixture.mount(type: "tmpfs", options: ["noatime", "rstrictatime"])
        #expect(memory?.set == .strictAccessTimes)
    }

    @Test("takes an empty option for none")
    func emptyOption() throws {
        let mount = try MappingFixture.mount(source: "/s", options: ["", "rbind"])
        #expect(mount == ContainerMount(.bind("/s", recursive: true), at: "/mnt"))
    }

    @Test(
        "takes every kind of propagation",
        arguments: ["shared", "slave", "private", "unbindable", "rshared", "rslave", "rprivate", "runbindable"]
    )
    func propagation(_ name: String) throws {
        let mapped = try MappingFixture.mount(source: "/s", options: ["bind", name])?.propagation
        #expect(mapped.map { ($0.recursive ? "r" : "") + $0.kind.rawValue } == name)
    }

    @Test("hands file systems their source, flags and options, each by itself")
    func fileSystem() throws {
        let options = [
            "ro", "sync", "size=1m,mode=755", "nr_inodes=5", "lazytime", "silent", "defaults", "iversion", "a\\,b",
        ]
        let disk = try MappingFixture.mount(type: "ext4", source: "/dev/sda", options: options)
        #expect(
            disk?.source
                == Self.fileSystem(
                    "ext4",
                    "source=/dev/sda",
                    "ro",
                    "i_version",
                    "sync",
                    "lazytime",
                    "size=1m",
                    "mode=755",
                    "nr_inodes=5",
                    "a\\,b"
                )
        )
        #expect(disk?.set == .readOnly)
        let memory = try MappingFixture.mount(type: "tmpfs", source: "", options: ["ro", "iversion", "mode=1777"])
        #expect(memory?.source == Self.fileSystem("tmpfs", "mode=1777"))
        #expect(memory?.set == .readOnly)
    }

    @Test(
        "refuses options that would have no effect, naming them",
        arguments: [
            ("bind", ["bind", "sync"], 1), ("bind", ["rbind", "size=5"], 1), ("none", ["bind", "lazytime"], 1),
            ("cgroup", ["ro", "nsdelegate"], 1), ("none", ["remount", "bind", "mode=1"], 2),
            ("bind", ["bind", "idmap=uids=0-1000-1"], 1), ("bind", ["rbind", "src-nofollow"], 1),
            ("tmpfs", ["rw", "idmap"], 1),
        ]
    )
    func refused(_ type: String, _ options: [String], _ index: Int) {
        let error = #expect(throws: RuntimeError.self) {
            try MappingFixture.map {
                $0.linux?.namespaces?.append(LinuxNamespace(type: .user))
                $0.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: 0, size: 1)]
                $0.linux?.gidMappings = [LinuxIDMapping(containerID: 0, hostID: 0, size: 1)]
                $0.mounts = [.init(destination: "/m", type: type, source: "/s", options: options)]
            }
        }
        #expect(error?.code == .unsupported)
        #expect(error?.description.contains("mounts[0].options[\(index)]: ") == true, "\(String(describing: error))")
        #expect(error?.description.contains(options[index].prefix(6)) == true)
    }

    @Test("maps owners by the ranges of the mount, or by those of the container")
    func idMapping() throws {
        let ranges = [LinuxIDMapping(containerID: 5, hostID: 6, size: 7)]
        func mapping(_ options: [String], _ ranges: [LinuxIDMapping]?) throws -> MountIDMapping? {
            try MappingFixture.map {
                $0.linux?.namespaces?.append(LinuxNamespace(type: .user))
                $0.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: 0, size: 1)]
                $0.linux?.gidMappings = [LinuxIDMapping(containerID: 0, hostID: 0, size: 1)]
                $0.mounts = [
                    .init(destination: "/m", source: "/s", options: options, uidMappings: ranges, gidMappings: ranges)
                ]
            }.container.mounts.first?.mapping
        }
        let kit = [IDMapping(containerID: 5, hostID: 6, count: 7)]
        #expect(try mapping(["bind"], nil) == nil)
        #expect(try mapping(["bind", "idmap"], nil) == MountIDMapping(.container))
        #expect(try mapping(["rbind", "ridmap"], nil) == MountIDMapping(.container, recursive: true))
        #expect(try mapping(["bind"], ranges) == MountIDMapping(.ranges(uid: kit, gid: kit)))
        #expect(
            try mapping(["ridmap", "bind"], ranges) == MountIDMapping(.ranges(uid: kit, gid: kit), recursive: true)
        )
    }

    @Test("hands options of a remount to the file system")
    func remount() throws {
        let mount = try MappingFixture.mount("/dev", options: ["remount", "size=5m,mode=700", "sync", "nosuid"])
        let options = ["sync", "size=5m", "mode=700"].map { Array($0.utf8) }
        #expect(mount == ContainerMount(.remount(options: options), at: "/dev", set: .noSetuid))
    }

    @Test("fills a new tmpfs, and nothing else")
    func copying() throws {
        let mount = try MappingFixture.mount(type: "tmpfs", options: ["tmpcopyup", "mode=700"])
        #expect(mount?.copiesContent == true)
        #expect(mount?.source == Self.fileSystem("tmpfs", "mode=700"))
        for (type, options) in [("bind", ["rbind", "tmpcopyup"]), ("ramfs", ["rw", "tmpcopyup"])] {
            let error = #expect(throws: RuntimeError.self) {
                try MappingFixture.mount(type: type, source: "/s", options: options)
            }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.description.contains("mounts[0].options[1]: tmpcopyup") == true)
        }
    }

    @Test("accepts options on bind mounts that ask for what is the case")
    func defaults() throws {
        let mount = try MappingFixture.mount(
            source: "/s",
            options: ["bind", "async", "nomand", "nolazytime", "loud", "noiversion", "norelatime"]
        )
        #expect(mount == ContainerMount(.bind("/s", recursive: false), at: "/mnt"))
    }

    @Test("takes relative sources from the bundle and relative destinations from the root")
    func relative() throws {
        let mount = try MappingFixture.mount("data/in", type: "none", source: "files", options: ["rbind"])
        #expect(mount == ContainerMount(.bind("/bundle/files", recursive: true), at: "/data/in"))
        let typed = try MappingFixture.mount(type: "bind", source: "/s", options: [])
        #expect(typed?.source == .bind("/s", recursive: false))
        let remount = try MappingFixture.mount("/proc", type: "none", options: ["remount", "ro"])
        #expect(remount == ContainerMount(.remount(options: []), at: "/proc", set: .readOnly))
    }

    private static func fileSystem(_ type: String, _ options: String...) -> ContainerMount.Source {
        .fileSystem(type: type, options: options.map { Array($0.utf8) })
    }
}
