// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("A root of skiff-oci that is entered with chroot", .requires(.root, .programs, .busybox)) struct OCIRootTests {
    /// A bundle without what needs a mount namespace of its own.
    private func bundle(script: String) throws -> OCIBundle {
        let bundle = try OCIBundle(script: script)
        bundle.configuration.linux?.maskedPaths = nil
        bundle.configuration.linux?.readonlyPaths = nil
        return bundle
    }

    @Test("in the host's mount namespace leaves the host's mounts as they are, and exec finds it")
    func hostNamespace() throws {
        let bundle = try bundle(script: "busybox readlink /proc/self/ns/mnt; busybox ls /; sleep 1000")
        bundle.configuration.linux?.namespaces?.removeAll { $0.type == .mount }
        try bundle.save()
        let result = try bundle.shell(
            """
            before=$(wc -l </proc/self/mountinfo)
            $oci run --detach $id >out; until grep -q bin out; do :; done
            [ $(head -n 1 out) = $(readlink /proc/self/ns/mnt) ] && echo same
            [ $before = $(wc -l </proc/self/mountinfo) ] && echo untouched
            $oci exec $id sh -c 'cat /proc/1/comm; echo $(echo /*)'
            """
        )
        #expect(result.output == "same\nuntouched\nsleep\n/bin /dev /proc /sys\n")
        #expect(result.errors.isEmpty)
        #expect(try bundle.oci("delete", "--force", bundle.id).status == 0)
        #expect(try bundle.remains() == "")
    }

    @Test("cannot be masked in a mount namespace that is not its own")
    func masks() throws {
        let bundle = try OCIBundle()
        bundle.configuration.linux?.namespaces?.removeAll { $0.type == .mount }
        try bundle.save()
        #expect(try bundle.oci("run", bundle.id).errors.contains("masked and read-only paths"))
        #expect(try bundle.remains() == "")
    }

    @Test("instead of pivot_root shows nothing of the host and gives no unmasked procfs to user namespaces")
    func noPivot() throws {
        let bundle = try OCIBundle(script: "echo $(echo /*); busybox unshare -Urmpf busybox mount -t proc none /proc")
        try bundle.save()
        let result = try bundle.oci("run", "--no-pivot", bundle.id)
        #expect(result.output == "/bin /dev /proc /sys\n")
        #expect(result.errors.contains("permitted") || result.errors.contains("denied"))
        #expect(result.status == 1)
        bundle.configuration.process?.args = ["sleep", "1000"]
        try bundle.save()
        #expect(try bundle.oci("run", "--no-pivot", "--detach", bundle.id).status == 0)
        #expect(try bundle.oci("exec", bundle.id, "sh", "-c", "echo $(echo /*)").output == "/bin /dev /proc /sys\n")
    }

    @Test("that is given by --config in place of config.json")
    func otherConfiguration() throws {
        let bundle = try OCIBundle(script: "echo first")
        try bundle.write("other.json", bundle.configuration.json())
        bundle.configuration.process?.args = ["echo", "second"]
        try bundle.save()
        #expect(try bundle.oci("run", "--config", "other.json", bundle.id).output == "first\n")
        #expect(try bundle.oci("run", "-f=\(bundle.directory.path)/other.json", bundle.id).output == "first\n")
    }
}
