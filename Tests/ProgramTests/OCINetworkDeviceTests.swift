// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

/// Devices that are moved into a container, out of a network namespace that is the test's own.
@Suite("Network devices of skiff-oci", .requires(.root, .busybox, .programs)) struct OCINetworkDeviceTests {
    /// Runs the container where there is a pair of devices, one of which has addresses.
    private func run(
        _ devices: [String: LinuxNetDevice],
        script: String,
        prepare: String = ""
    ) throws -> Command.Result {
        let bundle = try OCIBundle(script: script)
        bundle.configuration.linux?.netDevices = devices
        try bundle.save()
        return try bundle.shell(
            """
            export oci id; exec unshare -n sh -ec '
            ip() { busybox ip "$@"; }
            ip link add first type veth; ip link set first up; ip link set veth0 up
            ip addr add 10.9.8.7/24 dev first; ip addr add 10.9.8.6/32 dev first scope host
            \(prepare)
            $oci run $id; echo "host $(ls /sys/class/net 2>/dev/null | wc -l)" >/dev/null'
            """
        )
    }

    private static let look =
        "/bin/busybox ip -o addr show | /bin/busybox awk '$3 == \"inet\" && $2 != \"lo\" { print $2, $4 }'; "
        + "/bin/busybox ip -o link | /bin/busybox awk -F'[ :@]+' '$2 != \"lo\" { print $2, $0 ~ /[<,]UP[,>]/ }'"

    @Test("come with their permanent addresses of global scope, and are up")
    func moved() throws {
        let result = try run(["first": LinuxNetDevice()], script: Self.look)
        #expect(result.output == "first 10.9.8.7/24\nfirst 1\n", "\(result.errors)")
    }

    @Test("get another name, or one that the kernel chooses", arguments: [("inner", "inner"), ("eth%d", "eth0")])
    func renamed(_ name: String, _ expected: String) throws {
        let result = try run(["first": LinuxNetDevice(name: name)], script: Self.look)
        #expect(result.output == "\(expected) 10.9.8.7/24\n\(expected) 1\n", "\(result.errors)")
    }

    @Test("are refused when they are not there, or their name is taken")
    func refused() throws {
        let missing = try run(["absent": LinuxNetDevice()], script: "true")
        #expect(missing.status != 0)
        #expect(
            missing.errors.contains("move network device absent into the container: rtnetlink: ENODEV"),
            "\(missing.errors)"
        )
        let taken = try run(["first": LinuxNetDevice(name: "lo")], script: "true")
        #expect(taken.status != 0)
        #expect(taken.errors.contains("EEXIST"), "\(taken.errors)")
    }
}
