// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("A container of skiff-oci", .requires(.root, .programs, .busybox)) struct OCILifecycleTests {
    @Test("goes from created over running to stopped, and is gone after delete")
    func lifeCycle() throws {
        let bundle = try OCIBundle(script: "sleep 1000")
        let created = try bundle.oci("create", "--pid-file", "pid", bundle.id)
        #expect(created.status == 0)
        #expect(created.output.isEmpty && created.errors.isEmpty)
        let state = try bundle.stateDocument()
        #expect(state["status"] == .string("created"))
        #expect(state["ociVersion"] == .string("1.3.0"))
        #expect(state["id"] == .string(bundle.id))
        #expect(state["bundle"] == .string(bundle.directory.path.string))
        #expect(state["rootfs"] == .string(bundle.directory.path.appending("rootfs").string))
        #expect(state["owner"] == .string("root"))
        // Digits only: the readers do not expect a line break.
        let pid = try bundle.text(of: "pid")
        #expect(state["pid"]?.json() == Array(pid.utf8))
        let again = try bundle.oci("create", bundle.id)
        #expect(again.status == 1)
        #expect(again.errors.contains("already exists"))
        #expect(try bundle.oci("start", bundle.id).status == 0)
        #expect(try bundle.state("status") == "running")
        #expect(try bundle.oci("start", bundle.id).status == 1)
        #expect(try bundle.oci("delete", bundle.id).errors.contains("not stopped"))
        #expect(try bundle.oci("kill", bundle.id, "KILL").status == 0)
        #expect(try bundle.shell("until $oci state $id | grep -q stopped; do sleep 0.05; done").status == 0)
        #expect(try bundle.stateDocument()["pid"]?.json() == Array("0".utf8))
        #expect(try bundle.oci("kill", bundle.id).errors.contains("container not running"))
        #expect(try bundle.oci("delete", bundle.id).status == 0)
        #expect(try bundle.oci("state", bundle.id).errors.contains("container does not exist"))
        #expect(try bundle.oci("delete", bundle.id).status == 1)
        #expect(try bundle.oci("delete", "--force", bundle.id).status == 0)
        #expect(try bundle.remains() == "")
    }

    @Test("is listed as a table, as JSON and by its id")
    func list() throws {
        let bundle = try OCIBundle(script: "sleep 1000")
        try bundle.oci("create", bundle.id)
        #expect(try bundle.oci("list", "-q").output == "\(bundle.id)\n")
        let records = try #require(try JSONValue(json: bundle.oci("list", "--format", "json").output).array)
        #expect(records.count == 1)
        #expect(records.first?.object?["status"] == .string("created"))
        let table = try bundle.oci("list").output.split(separator: "\n")
        #expect(table.first?.split(separator: " ") == ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"])
        #expect(table.dropFirst().first?.hasPrefix("\(bundle.id) ") == true)
    }

    @Test("is killed and forgotten by a forced delete", arguments: [false, true])
    func forcedDelete(starts: Bool) throws {
        let bundle = try OCIBundle(script: "sleep 1000")
        try bundle.oci("create", bundle.id)
        if starts { try bundle.oci("start", bundle.id) }
        #expect(try bundle.oci("delete", "-f", bundle.id).status == 0)
        #expect(try bundle.remains() == "")
    }

    @Test(
        "ends by the signals that end a program, before its own has started",
        arguments: ["TERM", "INT", "HUP", "QUIT"]
    )
    func endBeforeStart(signal: String) throws {
        let bundle = try OCIBundle(script: "sleep 1000")
        try bundle.oci("create", bundle.id)
        #expect(try bundle.oci("kill", bundle.id, "USR1").status == 0)
        #expect(try bundle.state("status") == "created")
        #expect(try bundle.oci("kill", bundle.id, signal).status == 0)
        #expect(try bundle.shell("until $oci state $id | grep -q stopped; do sleep 0.05; done").status == 0)
        #expect(try bundle.oci("start", bundle.id).errors.contains("cannot start a container that has stopped"))
    }

    @Test("is killed whole when it shares the host's process numbers, even without its first process")
    func killShared() throws {
        let bundle = try OCIBundle(script: "sleep 1001 & sleep 1002 & exec sleep 1003")
        bundle.configuration.linux?.namespaces?.removeAll { $0.type == .pid }
        try bundle.save()
        try bundle.oci("run", "--detach", "--pid-file", "pid", bundle.id)
        #expect(
            try bundle.shell("until [ $($oci ps --format json $id | tr , '\\n' | wc -l) = 3 ]; do :; done").status == 0
        )
        #expect(try bundle.shell("kill -9 $(cat pid)").status == 0)
        #expect(try bundle.oci("kill", bundle.id, "KILL").status == 0)
        #expect(try bundle.shell("until [ $($oci ps --format json $id) = '[]' ]; do :; done").status == 0)
        #expect(try bundle.oci("kill", bundle.id, "0").errors.contains("container not running"))
        #expect(try bundle.oci("kill", "--all", bundle.id, "0").status == 0)
    }

    @Test("is frozen and thawed, and lets only those in who insist")
    func pause() throws {
        let bundle = try OCIBundle(script: "sleep 1000")
        try bundle.oci("run", "--detach", bundle.id)
        #expect(try bundle.oci("pause", bundle.id).status == 0)
        #expect(try bundle.state("status") == "paused")
        #expect(try bundle.oci("pause", bundle.id).status == 1)
        #expect(try bundle.oci("exec", bundle.id, "true").status == 255)
        #expect(try bundle.oci("resume", bundle.id).status == 0)
        #expect(try bundle.state("status") == "running")
        #expect(try bundle.oci("resume", bundle.id).errors.contains("not paused"))
    }

    @Test("has its processes listed as numbers, and as ps prints them")
    func processes() throws {
        let bundle = try OCIBundle(script: "sleep 1000 & sleep 1000")
        try bundle.oci("run", "--detach", "--pid-file", "pid", bundle.id)
        #expect(try bundle.shell("until $oci ps $id | grep -q 'sleep 1000'; do sleep 0.05; done").status == 0)
        let numbers = try #require(try JSONValue(json: bundle.oci("ps", "--format", "json", bundle.id).output).array)
        let pid = try bundle.text(of: "pid")
        #expect(numbers.contains { $0.json() == Array(pid.utf8) })
        let lines = try bundle.oci("ps", bundle.id, "-o", "pid,args").output.split(separator: "\n")
        #expect(lines.first?.split(separator: " ").first == "PID")
        #expect(lines.dropFirst().allSatisfy { $0.contains("sleep 1000") })
        #expect(try bundle.oci("ps", bundle.id, "-o", "args").errors.contains("no column PID"))
    }

    @Test("is run from the configuration that spec wrote")
    func spec() throws {
        let bundle = try OCIBundle()
        #expect(try bundle.oci("spec").errors.contains("config.json exists"))
        try bundle.directory.open().removeFile("config.json")
        #expect(try bundle.oci("spec", "--bundle", ".").status == 0)
        let written = try RuntimeConfiguration(json: bundle.text(of: "config.json"))
        var expected = RuntimeConfiguration.example
        if Requirement.cgroup1.isMet { expected.linux?.namespaces?.removeAll { $0.type == .cgroup } }
        #expect(written == expected)
        bundle.configuration = written
        bundle.configuration.process?.terminal = false
        try bundle.save()
        // A shell whose standard input is empty.
        let result = try bundle.oci("run", bundle.id)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        try bundle.directory.open().removeFile("config.json")
        #expect(try bundle.oci("spec", "--rootless").status == 0)
        bundle.configuration = try RuntimeConfiguration(json: bundle.text(of: "config.json"))
        #expect(bundle.configuration.linux?.uidMappings != nil)
        bundle.configuration.process?.terminal = false
        bundle.configuration.process?.args = ["/bin/sleep", "1000"]
        try bundle.save()
        #expect(try bundle.oci("run", "--detach", bundle.id).status == 0)
        #expect(try bundle.oci("exec", bundle.id, "id", "-u").output == "0\n")
    }
}
