// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import Testing

/// Documents that the tests of the runtime configuration read.
enum Fixture {
    /// A document that must be refused, and why.
    struct Fault: Sendable, CustomTestStringConvertible {
        let json: String
        let code: JSONError.Code
        let path: String

        init(_ members: String, _ code: JSONError.Code, _ path: String) {
            json = #"{"ociVersion":"1.3.0","# + members + "}"
            (self.code, self.path) = (code, path)
        }

        var testDescription: String { "\(path): \(code)" }
    }

    static let faults: [Fault] = [
        Fault(#""linux":{"resources":{"memory":{"limit":"1"}}}"#, .wrongType, "linux.resources.memory.limit"),
        Fault(#""linux":{"resources":{"memory":{"limit":1e3}}}"#, .notAnInteger, "linux.resources.memory.limit"),
        Fault(
            #""linux":{"resources":{"pids":{"limit":9223372036854775808}}}"#,
            .outOfRange,
            "linux.resources.pids.limit"
        ),
        Fault(#""mounts":[{"destination":"/a"},{"options":[]}]"#, .missingField, "mounts[1].destination"),
        Fault(#""mounts":[{"destination":"/a","options":["ro",1]}]"#, .wrongType, "mounts[0].options[1]"),
        Fault(#""mounts":{}"#, .wrongType, "mounts"),
        Fault(#""process":{"cwd":"/","user":{"uid":-1}}"#, .outOfRange, "process.user.uid"),
        Fault(#""process":{"cwd":"/","user":{"uid":4294967296}}"#, .outOfRange, "process.user.uid"),
        Fault(#""process":{"args":[]}"#, .missingField, "process.cwd"),
        Fault(#""process":{"cwd":null}"#, .wrongType, "process.cwd"),
        Fault(#""process":{"cwd":"/","cwd":"/"}"#, .duplicateKey, "process.cwd"),
        Fault(#""process":{"cwd":"/","c\u0077d":"/"}"#, .duplicateKey, "process.cwd"),
        Fault(
            #""process":{"cwd":"/","rlimits":[{"type":"RLIMIT_X","soft":0,"hard":0}]}"#,
            .invalidValue,
            "process.rlimits[0].type"
        ),
        Fault(#""process":{"cwd":"/","args":["a\u0000"]}"#, .nulCharacter, "process.args[0]"),
        Fault(#""linux":{"namespaces":[{"type":"pid"},{"type":"Pid"}]}"#, .invalidValue, "linux.namespaces[1].type"),
        Fault(#""linux":{"namespaces":[{"path":"/x"}]}"#, .missingField, "linux.namespaces[0].type"),
        Fault(#""linux":{"sysctl":{"a.b":"1","a.b":"2"}}"#, .duplicateKey, #"linux.sysctl["a.b"]"#),
        Fault(#""linux":{"seccomp":{"defaultAction":"SCMP_ACT_NONE"}}"#, .invalidValue, "linux.seccomp.defaultAction"),
        Fault(#""linux":{"timeOffsets":{"realtime":{"secs":1}}}"#, .unexpectedField, "linux.timeOffsets.realtime"),
        Fault(#""linux":{"rootfsPropagation":""}"#, .invalidValue, "linux.rootfsPropagation"),
        Fault(#""annotations":{"a":1}"#, .wrongType, "annotations.a"),
        Fault(#""hooks":{"poststop":[{"args":[]}]}"#, .missingField, "hooks.poststop[0].path"),
        Fault(#""windows":{"a":{"b":1,"b":1}}"#, .duplicateKey, "windows.a.b"),
    ]

    /// A configuration with every field that the specification defines for Linux, members in the order they are written.
    static let everything = #"""
        {"ociVersion":"1.3.0",
        "process":{"terminal":true,"consoleSize":{"height":25,"width":80},
         "user":{"uid":1,"gid":2,"umask":63,"additionalGids":[5,6],"username":"u"},
         "args":["sh","-c","echo \"hi\""],"commandLine":"c","env":["A=b","EMPTY="],"cwd":"/w",
         "capabilities":{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],"inheritable":[],"permitted":["CAP_KILL"],
          "ambient":["CAP_KILL"]},
         "rlimits":[{"type":"RLIMIT_NOFILE","soft":1024,"hard":18446744073709551615}],
         "noNewPrivileges":true,"apparmorProfile":"p","oomScoreAdj":-10,
         "scheduler":{"policy":"SCHED_DEADLINE","nice":-5,"priority":3,"flags":["SCHED_FLAG_RECLAIM"],
          "runtime":1,"deadline":2,"period":3},
         "selinuxLabel":"l","ioPriority":{"class":"IOPRIO_CLASS_IDLE","priority":4},
         "execCPUAffinity":{"initial":"0","final":"1-2"}},
        "root":{"path":"rootfs","readonly":true},"hostname":"h","domainname":"d",
        "mounts":[{"destination":"/m","type":"none","source":"/s","options":["rbind","idmap"],
         "uidMappings":[{"containerID":0,"hostID":1000,"size":10}],"gidMappings":[{"containerID":0,"hostID":1000,"size":10}]}],
        "hooks":{"prestart":[{"path":"/h","args":["h"],"env":["X=1"],"timeout":5}],"createRuntime":[{"path":"/c"}],
         "createContainer":[],"startContainer":[],"poststart":[],"poststop":[]},
        "annotations":{"a":"1","b":""},
        "linux":{"uidMappings":[{"containerID":0,"hostID":100000,"size":65536}],
         "gidMappings":[{"containerID":0,"hostID":100000,"size":65536}],"sysctl":{"net.core.somaxconn":"256"},
         "resources":{"devices":[{"allow":false,"type":"a","major":-1,"minor":-1,"access":"rwm"}],
          "memory":{"limit":1,"reservation":2,"swap":-1,"kernel":4,"kernelTCP":5,"swappiness":60,"disableOOMKiller":false,
           "useHierarchy":true,"checkBeforeUpdate":true},
          "cpu":{"shares":1024,"quota":-1,"burst":1,"period":100000,"realtimeRuntime":1,"realtimePeriod":2,"cpus":"0-3",
           "mems":"0","idle":1},
          "pids":{"limit":0},
          "blockIO":{"weight":10,"leafWeight":20,"weightDevice":[{"major":8,"minor":0,"weight":5,"leafWeight":6}],
           "throttleReadBpsDevice":[{"major":8,"minor":0,"rate":600}],"throttleWriteBpsDevice":[],
           "throttleReadIOPSDevice":[],"throttleWriteIOPSDevice":[{"major":8,"minor":16,"rate":300}]},
          "hugepageLimits":[{"pageSize":"2MB","limit":9223372036854775807}],
          "network":{"classID":1048577,"priorities":[{"name":"eth0","priority":500}]},
          "rdma":{"mlx5_1":{"hcaHandles":3,"hcaObjects":10000}},"unified":{"io.max":"259:0 rbps=2097152"}},
         "cgroupsPath":"/a/b","namespaces":[{"type":"pid","path":"/proc/1/ns/pid"},{"type":"time"}],
         "devices":[{"type":"c","path":"/dev/fuse","major":10,"minor":229,"fileMode":438,"uid":0,"gid":0}],
         "netDevices":{"eth0":{"name":"in0"}},
         "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"architectures":["SCMP_ARCH_X86_64"],
          "flags":["SECCOMP_FILTER_FLAG_LOG"],"listenerPath":"/run/l","listenerMetadata":"m",
          "syscalls":[{"names":["clone","getcwd"],"action":"SCMP_ACT_ALLOW","errnoRet":1,
           "args":[{"index":5,"value":18446744073709551615,"valueTwo":7,"op":"SCMP_CMP_MASKED_EQ"}]}]},
         "rootfsPropagation":"rslave","maskedPaths":["/proc/kcore"],"readonlyPaths":["/proc/sys"],"mountLabel":"x",
         "intelRdt":{"closID":"g","schemata":["L3:0=f"],"l3CacheSchema":"L3:0=ff","memBwSchema":"MB:0=20","enableMonitoring":true},
         "memoryPolicy":{"mode":"MPOL_INTERLEAVE","nodes":"0-1","flags":["MPOL_F_STATIC_NODES"]},
         "personality":{"domain":"LINUX32","flags":[]},
         "timeOffsets":{"monotonic":{"secs":-1,"nanosecs":5},"boottime":{"secs":2}}},
        "solaris":{"milestone":"m"},"windows":{"layerFolders":[]},"vm":{"kernel":{"path":"/k"}},"zos":{},
        "freebsd":{"jail":{"ip4":"new"}}}
        """#
}
