// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

/// `skiff-oci` run by a user without any privilege: a number that no account has.
@Suite("skiff-oci without privilege", .requires(.root, .busybox, .programs)) struct OCIRootlessTests {
    private static let user = 54321

    /// A bundle that belongs to the user, with the configuration of `spec --rootless`.
    private func bundle(_ script: String, edit: (inout RuntimeConfiguration) -> Void = { _ in }) throws -> OCIBundle {
        let bundle = try OCIBundle(script: script)
        let arguments = bundle.configuration.process?.args
        bundle.configuration = .rootlessExample(uid: UInt32(Self.user), gid: UInt32(Self.user))
        bundle.configuration.process?.terminal = false
        bundle.configuration.process?.args = arguments
        bundle.configuration.root?.readonly = false
        edit(&bundle.configuration)
        try bundle.save()
        return bundle
    }

    /// Runs a shell script as the user, with `$oci`, `$id` and a runtime directory.
    private func asUser(_ bundle: OCIBundle, _ script: String, after more: String = ":") throws -> Command.Result {
        let prepare = """
            mkdir -p run && chmod 755 . && cp \(Program.oci.path) skiff-oci && chown -R \(Self.user):\(Self.user) .
            \(more)
            """
        let command =
            "setpriv --reuid \(Self.user) --regid \(Self.user) --clear-groups --inh-caps=-all "
            + "env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin XDG_RUNTIME_DIR=\(bundle.directory.path)/run id=\(bundle.id) "
            + "oci=\(bundle.directory.path)/skiff-oci sh -c"
        return try Command.run(
            [
                "unshare", "-m", "--propagation", "private", "/bin/sh", "-ec", "\(prepare)\nexec \(command) \"$1\"",
                "sh", script,
            ],
            directory: bundle.directory.path.string
        )
    }

    @Test("runs a container with one identifier, which is root inside")
    func single() throws {
        let bundle = try bundle("id -u; cat /proc/self/uid_map /proc/self/setgroups; echo >/made")
        let result = try asUser(bundle, "$oci run $id; stat -c %u rootfs/made")
        let words = result.output.split { $0 == " " || $0 == "\n" }
        #expect(words == ["0", "0", "\(Self.user)", "1", "deny", "\(Self.user)"], "\(result.errors)")
    }

    @Test("keeps its state in the runtime directory, safe from being tidied up")
    func state() throws {
        let bundle = try bundle("sleep 1000")
        let result = try asUser(
            bundle,
            """
            $oci run -d $id </dev/null >/dev/null 2>&1; stat -c %a run/skiff; $oci list -q; $oci exec $id id -u
            $oci kill $id KILL; while [ "$($oci list -f table | grep -c running)" = 1 ]; do sleep 0.1; done
            $oci delete $id; $oci list -q; ls -A run/skiff
            """
        )
        #expect(result.output == "1700\n\(bundle.id)\n0\n", "\(result.errors)")
    }

    @Test("skips control groups it may not make, but no limit that is asked for", arguments: ["auto", "true"])
    func limits(_ rootless: String) throws {
        let bundle = try bundle("echo ran")
        #expect(try asUser(bundle, "$oci --rootless \(rootless) run $id").output == "ran\n")
        bundle.configuration.linux?.resources = LinuxResources(memory: LinuxMemory(limit: 64 << 20))
        try bundle.save()
        let result = try asUser(bundle, "$oci --rootless=\(rootless) run $id")
        #expect(result.status != 0)
        #expect(result.errors.contains("cgroup"), "\(result.errors)")
    }

    @Test("skips nothing when it is told that it is not rootless")
    func notRootless() throws {
        let result = try asUser(try bundle("echo ran"), "$oci --rootless=false run $id")
        #expect(result.status != 0)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("cgroup"), "\(result.errors)")
    }

    @Test("says what ranges of identifiers need")
    func ranges() throws {
        let bundle = try bundle("true") {
            $0.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: 100_000, size: 10)]
        }
        let result = try asUser(bundle, "$oci run $id")
        #expect(result.status != 0)
        #expect(result.errors.contains("newuidmap"), "\(result.errors)")
    }

    @Test("maps the ranges that the machine gives to the user, and sets groups then", .requires(.uidmap))
    func mappedRanges() throws {
        let bundle = try bundle(
            "id -u; echo >/made; /bin/busybox chown 5:7 /made; grep Groups /proc/self/status; cat /proc/self/setgroups"
        ) {
            let ranges = [
                LinuxIDMapping(containerID: 0, hostID: UInt32(Self.user), size: 1),
                LinuxIDMapping(containerID: 1, hostID: 2_000_000, size: 100),
            ]
            $0.linux?.uidMappings = ranges
            $0.linux?.gidMappings = ranges
            $0.process?.user.additionalGids = [9]
            let all = ["CAP_CHOWN"]
            $0.process?.capabilities = .init(bounding: all, effective: all, permitted: all)
        }
        try bundle.directory.open().makeSymlink("rootfs/bin/grep", target: Array("busybox".utf8))
        // Accounts and ranges that are there for this test alone.
        let result = try asUser(
            bundle,
            "$oci run $id; stat -c %u:%g rootfs/made",
            after: """
                { cat /etc/passwd; echo "skiff:x:\(Self.user):\(Self.user)::/:/bin/sh"; } >passwd
                echo "skiff:2000000:100" >ranges
                mount --bind passwd /etc/passwd; mount --bind ranges /etc/subuid; mount --bind ranges /etc/subgid
                """
        )
        #expect(result.output == "0\nGroups:\t0 9 \nallow\n2000004:2000006\n", "\(result.errors)")
    }

    @Test("refuses more groups than it can set")
    func groups() throws {
        let bundle = try bundle("true") { $0.process?.user.additionalGids = [5] }
        let result = try asUser(bundle, "$oci run $id")
        #expect(result.status != 0)
        #expect(result.errors.contains("additional groups"), "\(result.errors)")
    }
}
