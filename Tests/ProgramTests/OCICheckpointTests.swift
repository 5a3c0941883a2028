// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import TestSupport
import Testing

@Suite("skiff-oci checkpoint", .requires(.root, .programs, .busybox)) struct OCICheckpointTests {
    /// The first error of `criu check`; `nil` when criu can work here.
    private static let refusal: String? = {
        guard let check = try? Command.run(["criu", "check"]), check.status != 0 else { return nil }
        let errors = (check.output + check.errors).split(separator: "\n").filter {
            $0.contains("vdso") || $0.contains("kerndat")
        }
        return errors.first.map { String($0.drop { $0 != ")" }.dropFirst(3)) }
    }()

    private static let hasCRIU = (try? Command.run(["criu", "--version"]).status) == 0

    @Test("saves a container and restores it, or says in criu's words why this kernel cannot", .enabled(if: hasCRIU))
    func roundTrip() throws {
        let bundle = try OCIBundle(script: "i=0; while :; do i=$((i+1)); echo $i >/tick; sleep 0.1; done")
        bundle.configuration.root?.readonly = false
        try bundle.save()
        _ = try bundle.shell("$oci run --detach $id >/dev/null 2>&1 </dev/null")
        let saved = try bundle.oci("checkpoint", "--image-path", "images", "--work-path", "work", bundle.id)
        if let refusal = Self.refusal {
            #expect(saved.status == 1)
            #expect(saved.errors.contains("criu dump: "))
            #expect(saved.errors.contains(refusal))
            #expect(saved.errors.contains("criu check"))
            // It goes on as it was.
            #expect(try bundle.state("status") == "running")
            let restored = try bundle.oci("restore", "--detach", "--image-path", "images", "\(bundle.id)-2")
            #expect(restored.status == 1)
            #expect(restored.errors.contains("criu restore: "))
            #expect(try bundle.shell("ls state").output == "\(bundle.id)\n")
            #expect(try bundle.shell("grep -c criu-root /proc/self/mountinfo").output == "0\n")
        } else {
            #expect(saved.status == 0)
            #expect(try bundle.oci("state", bundle.id).errors.contains("container does not exist"))
            #expect(try bundle.oci("restore", "--detach", "--image-path", "images", bundle.id).status == 0)
            #expect(try bundle.state("status") == "running")
        }
    }

    @Test("needs a container that runs, without a terminal, and says which package is missing")
    func refusals() throws {
        let bundle = try OCIBundle(script: "sleep 1000")
        try bundle.oci("create", bundle.id)
        #expect(try bundle.oci("checkpoint", bundle.id).errors.contains("cannot be checkpointed in created state"))
        try bundle.oci("start", bundle.id)
        let words = try bundle.shell(
            """
            unshare -m sh -c 'for p in /usr/sbin/criu /usr/bin/criu; do [ ! -e $p ] || mount --bind /dev/null $p; done
            PATH=/bin:/usr/bin '"$oci checkpoint $id"
            """
        )
        #expect(words.errors.contains("install the package criu"))
        #expect(try bundle.oci("checkpoint", "--empty-ns", "pid", bundle.id).errors.contains("only network"))
        #expect(try bundle.oci("checkpoint", "--page-server", "x", bundle.id).errors.contains("ADDRESS:PORT"))
        #expect(try bundle.oci("restore", "--lsm-mount-context").errors.contains("requires an argument"))
    }
}
