// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

@Suite("skiff-oci events", .requires(.root, .programs, .busybox)) struct OCIEventsTests {
    @Test("prints statistics once, with the members that runc has")
    func statistics() throws {
        let bundle = try OCIBundle(script: "exec sleep 100")
        bundle.configuration.linux?.resources = LinuxResources(
            memory: LinuxMemory(limit: 64 << 20),
            pids: LinuxPIDs(limit: 9)
        )
        try bundle.save()
        #expect(try bundle.oci("run", "-d", bundle.id).status == 0)
        let result = try bundle.oci("events", "--stats", bundle.id)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix(#"{"type":"stats","id":"\#(bundle.id)","data":{"#))
        let data = try #require(try JSONValue(json: result.output).object?["data"]?.object)
        for key in ["cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt", "network_interfaces"] {
            #expect(data[key] != nil, "\(key)")
        }
        #expect(data["memory"]?.object?["usage"]?.object?["limit"]?.number?.integer() == 64 << 20)
        #expect(data["memory"]?.object?["raw"]?.object?.isEmpty == false)
        #expect(data["pids"]?.object?["limit"]?.number?.integer() == 9)
        #expect(data["pids"]?.object?["current"]?.number?.integer() == 1)
        #expect((data["cpu"]?.object?["usage"]?.object?["total"]?.number?.integer() ?? UInt64(0)) > 0)
    }

    @Test("prints statistics again and again, and a line when memory runs out, until the container ends")
    func follow() throws {
        let bundle = try OCIBundle(
            script: "sleep 0.5; /bin/busybox head -c 64m /dev/zero | /bin/busybox tail > /dev/null; exit 0"
        )
        bundle.configuration.linux?.resources = LinuxResources(memory: LinuxMemory(limit: 16 << 20))
        try bundle.save()
        #expect(try bundle.oci("run", "-d", bundle.id).status == 0)
        let result = try bundle.oci("events", "--interval", "50ms", bundle.id)
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix(#"{"type":"stats","id":"#) == true)
        #expect(lines.contains { $0 == #"{"type":"oom","id":"\#(bundle.id)"}"# })
    }

    @Test(
        "refuses times that are none",
        arguments: [
            ("0s", "duration interval must be greater than 0"), ("-5s", "invalid value"), ("5", "invalid value"),
            ("5x", "invalid value"), ("", "invalid value"),
        ]
    )
    func interval(_ text: String, _ words: String) throws {
        let result = try Program.oci.run(["events", "--interval", text, "none"])
        #expect(result.status == 1)
        #expect(result.errors.contains(words), "\(result.errors)")
    }
}
