// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

/// What runc's own tests and its callers look for.
@Suite("skiff-oci, where callers know runc's ways,", .requires(.root, .programs, .busybox)) struct OCIRuncWaysTests {
    @Test("gives a startContainer hook the program's environment with HOME, unless it has its own")
    func hookEnvironment() throws {
        let bundle = try OCIBundle(script: "echo runs")
        let script = "[ \"$ONE\" = two ] || exit 3; echo $ONE ${HOME-none} >&2; exit 4"
        bundle.configuration.process?.env = ["ONE=two", "PATH=/bin"]
        let hook = RuntimeConfiguration.Hook(path: "/bin/sh", args: ["sh", "-c", script])
        bundle.configuration.hooks = .init(startContainer: [hook])
        try bundle.save()
        #expect(try bundle.oci("run", bundle.id).errors.contains("exit status 4: two /"))
        bundle.configuration.hooks?.startContainer?[0].env = ["ONE=two"]
        try bundle.save()
        #expect(try bundle.oci("run", bundle.id).errors.contains("exit status 4: two none"))
        #expect(try bundle.remains() == "")
    }

    @Test(
        "calls what is wrong with a memory policy as runc does",
        arguments: [
            ("{}", "invalid memory policy mode"),
            (#"{"mode": "INTERLEAVE", "nodes": "0"}"#, "invalid memory policy mode"),
            (#"{"mode": "MPOL_PREFERRED", "nodes": "0", "flags": ["no"]}"#, "invalid memory policy flag"),
            (#"{"mode": "MPOL_DEFAULT", "nodes": "0-7"}"#, "mode requires 0 nodes but got 8"),
            (#"{"mode": "MPOL_BIND", "nodes": "0-9876543210"}"#, "memoryPolicy.nodes"),
        ]
    )
    func memoryPolicy(policy: String, words: String) throws {
        let bundle = try OCIBundle()
        let text = String(decoding: bundle.configuration.json(), as: UTF8.self)
        let changed = text.replacing(/"linux"\s*:\s*\{/, maxReplacements: 1) { _ in
            "\"linux\": {\"memoryPolicy\": \(policy),"
        }
        try bundle.write("config.json", Array(changed.utf8))
        let result = try bundle.oci("run", bundle.id)
        #expect(result.status == 1)
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test("says of a program without its interpreter what the kernel says, in one line; the log has the rest")
    func interpreter() throws {
        let bundle = try OCIBundle()
        try bundle.directory.open().makeFile("rootfs/run.sh", Array("#!/missing a\n".utf8), mode: 0o755)
        bundle.configuration.process?.args = ["/run.sh"]
        try bundle.save()
        let result = try bundle.oci("--log", "log", "run", bundle.id)
        #expect(result.status == 1)
        #expect(result.errors == "exec /run.sh: no such file or directory\n")
        #expect(try bundle.text(of: "log").contains("interpreter"))
    }

    @Test("mounts below the root's own path, and what earlier mounts have brought, in their order")
    func order() throws {
        let bundle = try OCIBundle(script: "cat /final/x/y/file /m/w")
        let root = try bundle.directory.open()
        for name in ["a/x", "b/y", "c"] { try root.makeDirectories(FilePath("source/\(name)")) }
        try root.makeFile("source/c/file", Array("c\n".utf8))
        try root.makeFile("source/word", Array("word\n".utf8))
        let (own, inside) = ("\(bundle.directory.path)", "\(bundle.directory.path)/rootfs")
        bundle.configuration.root?.readonly = false
        bundle.configuration.mounts? += [
            .init(destination: "/m", source: "\(own)/source/a", options: ["bind"]),
            .init(destination: "\(inside)/m/x", source: "\(own)/source/b", options: ["bind"]),
            .init(destination: "/m/x/y", source: "\(own)/source/c", options: ["bind"]),
            .init(destination: "/m/w", source: "\(own)/source/word", options: ["bind"]),
            .init(destination: "\(inside)/final", source: "\(inside)/m", options: ["rbind"]),
            .init(destination: "/file", source: "\(inside)/m/w", options: ["bind"]),
        ]
        try bundle.save()
        let result = try bundle.oci("run", bundle.id)
        #expect(result.output == "c\nword\n", "\(result.errors)")
        #expect(try bundle.remains() == "")
    }

    @Test("refuses kernel parameters of the host's network that is joined by its path")
    func hostNetwork() throws {
        let bundle = try OCIBundle(script: "cat /proc/sys/net/ipv4/ip_forward")
        bundle.configuration.linux?.sysctl = ["net.ipv4.ip_forward": "1"]
        bundle.configuration.linux?.namespaces?.removeAll { $0.type == .network }
        bundle.configuration.linux?.namespaces? += [.init(type: .network, path: "/proc/self/ns/net")]
        try bundle.save()
        let result = try bundle.shell(
            "before=$(cat /proc/sys/net/ipv4/ip_forward)\n$oci run $id || echo refused; [ $before = $(cat /proc/sys/net/ipv4/ip_forward) ] && echo same"
        )
        #expect(result.output == "refused\nsame\n")
        #expect(result.errors.contains("not allowed in host network namespace"), "\(result.errors)")
        let other = try bundle.shell(
            """
            unshare --net sleep 30 & sleep 0.2; sed "s#/proc/self/ns#/proc/$!/ns#" config.json >new && mv new config.json
            $oci run $id; kill $!
            """
        )
        #expect(other.output == "1\n", "\(other.errors)")
    }

    @Test("takes the letter a of a device rule for nothing beside others, with a warning, and refuses it alone")
    func letter() throws {
        let bundle = try OCIBundle(script: "echo runs")
        let rule = LinuxDeviceRule(allow: false, type: .character, major: 1, minor: 11, access: "rwa")
        bundle.configuration.linux?.resources?.devices? += [rule]
        try bundle.save()
        let result = try bundle.oci("run", bundle.id)
        #expect(result.output == "runs\n")
        #expect(result.errors.contains("ignoring the letter a"))
        bundle.configuration.linux?.resources?.devices?[1].access = "a"
        try bundle.save()
        #expect(try bundle.oci("run", bundle.id).errors.contains("must consist of the letters r, w and m"))
    }

    @Test("names paths out of the container's control groups, and groups that are not there, in runc's words")
    func subgroups() throws {
        let bundle = try OCIBundle(script: "sleep 100")
        #expect(try bundle.oci("run", "--detach", bundle.id).status == 0)
        let outside = try bundle.oci("exec", "--cgroup", "..", bundle.id, "/bin/cat", "/proc/self/cgroup")
        #expect(outside.status == 255)
        #expect(outside.errors.contains("bad sub cgroup path"))
        let missing = try bundle.oci("exec", "--cgroup", "missing", bundle.id, "/bin/cat")
        #expect(missing.status == 255)
        #expect(missing.errors.contains("o such file or directory"), "\(missing.errors)")
        #expect(try bundle.oci("delete", "--force", bundle.id).status == 0)
    }
}
