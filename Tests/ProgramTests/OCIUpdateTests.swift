// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("skiff-oci update", .requires(.root, .programs, .busybox)) struct OCIUpdateTests {
    /// The limits that `config.json` in the state directory has.
    private func resources(_ bundle: OCIBundle) throws -> LinuxResources? {
        let text = try bundle.text(of: .init("state/\(bundle.id)/config.json"))
        return try RuntimeConfiguration(json: text).linux?.resources
    }

    @Test("takes limits from options, from a file and from standard input")
    func limits() throws {
        let bundle = try OCIBundle(script: "exec sleep 100")
        #expect(try bundle.oci("run", "--detach", bundle.id).status == 0)
        let options = try bundle.oci(
            "update",
            "--memory",
            "50M",
            "--memory-reservation=32MiB",
            "--pids-limit",
            "12",
            "--cpu-period",
            "50000",
            "--cpu-quota",
            "20000",
            "--cpu-share",
            "200",
            "--cpuset-cpus",
            "0",
            bundle.id
        )
        #expect(options.status == 0, "\(options.errors)")
        #expect(options.output == "")
        var expected = LinuxResources(
            memory: LinuxMemory(limit: 50 << 20, reservation: 32 << 20),
            cpu: LinuxCPU(shares: 200, quota: 20_000, period: 50_000, cpus: "0"),
            pids: LinuxPIDs(limit: 12)
        )
        func check() throws {
            let resources = try resources(bundle)
            #expect(resources?.memory == expected.memory)
            #expect(resources?.cpu == expected.cpu)
            #expect(resources?.pids == expected.pids)
        }
        try check()
        try bundle.write("new.json", Array(#"{"pids": {"limit": 7}, "cpu": {"quota": -1}}"#.utf8))
        #expect(try bundle.oci("update", "-r", "new.json", bundle.id).status == 0)
        expected.pids?.limit = 7
        expected.cpu?.quota = -1
        try check()
        let input = try bundle.shell(#"echo '{"memory": {"limit": -1}}' | $oci update --resources=- $id"#)
        #expect(input.status == 0, "\(input.errors)")
        expected.memory?.limit = -1
        try check()
    }

    @Test(
        "says which option is not in order",
        arguments: [
            (["--memory", "lots"], "invalid value for memory"), (["--cpu-share", "-5"], "invalid value for cpu-share"),
            (["--cpu-idle", "2"], "linux.resources.cpu.idle"), (["--resources", "-", "--memory", "5M"], "exclude"),
            (["--l3-cache-schema", "L3:0=f"], "resctrl"), (["--resources", "missing.json"], "missing.json"),
        ]
    )
    func mistakes(_ options: [String], _ words: String) throws {
        let bundle = try OCIBundle(script: "exec sleep 100")
        #expect(try bundle.oci("run", "-d", bundle.id).status == 0)
        let result = try Program.oci.run(["--root", bundle.state, "update"] + options + [bundle.id])
        #expect(result.status == 1)
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test("is refused for a container that has ended, in the words that callers match on")
    func ended() throws {
        let bundle = try OCIBundle()
        #expect(
            try bundle.shell("$oci run -d $id && while $oci kill $id 0; do sleep 0.01; done 2> /dev/null").status <= 1
        )
        let result = try bundle.oci("update", "--pids-limit", "5", bundle.id)
        #expect(result.status == 1)
        #expect(result.errors.contains("container not running"))
    }
}
