// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import TestSupport
import Testing

/// Mounts that show on the host, or come from it: everything happens in a mount namespace of the test's own.
@Suite("Mounts of skiff-oci", .requires(.root, .busybox, .programs)) struct OCIMountTests {
    /// The script of a host with a shared file system at `shared`, of which the container has `shared/volume`.
    private func onHost(_ bundle: OCIBundle, _ script: String) throws -> Command.Result {
        let prepare = """
            mount --make-rprivate /; mkdir shared; mount -t tmpfs host shared; mount --make-shared shared
            mkdir shared/volume shared/volume/below
            """
        return try bundle.shell("export oci id; exec unshare -m sh -ec '\(prepare)\n\(script)'")
    }

    private func bundle(_ options: [String], root: LinuxConfiguration.Propagation?) throws -> OCIBundle {
        let bundle = try OCIBundle(script: "sleep 1000")
        bundle.configuration.root?.readonly = false
        bundle.configuration.linux?.rootfsPropagation = root
        bundle.configuration.mounts?.append(
            .init(destination: "/volume", type: "bind", source: "shared/volume", options: options)
        )
        try bundle.save()
        return bundle
    }

    /// Whether mounts of the host arrive in the container, and the other way round.
    struct Travel: CustomTestStringConvertible, Sendable {
        let root: LinuxConfiguration.Propagation?
        let options: [String]
        let arrives: Bool
        let leaves: Bool
        var testDescription: String { "root \(root?.rawValue ?? "as is"), mount \(options)" }
    }

    @Test(
        "send and get mount events as they are told to",
        arguments: [
            Travel(root: nil, options: ["rbind"], arrives: true, leaves: false),
            Travel(root: nil, options: ["rbind", "rprivate"], arrives: false, leaves: false),
            Travel(root: nil, options: ["rbind", "rslave"], arrives: true, leaves: false),
            Travel(root: nil, options: ["rbind", "rshared"], arrives: true, leaves: false),
            Travel(root: .recursivelyShared, options: ["rbind", "rshared"], arrives: true, leaves: true),
            Travel(root: .shared, options: ["bind", "shared"], arrives: true, leaves: true),
            Travel(root: .recursivelyShared, options: ["rbind", "rslave"], arrives: true, leaves: false),
            Travel(root: .recursivelyShared, options: ["rbind", "rprivate"], arrives: false, leaves: false),
            Travel(root: .recursivelyPrivate, options: ["rbind", "rslave"], arrives: false, leaves: false),
            Travel(root: .private, options: ["rbind"], arrives: false, leaves: false),
            Travel(root: .unbindable, options: ["rbind", "rshared"], arrives: false, leaves: false),
        ]
    )
    func travel(_ travel: Travel) throws {
        let bundle = try bundle(travel.options, root: travel.root)
        bundle.configuration.process?.capabilities = .init(
            bounding: ["CAP_SYS_ADMIN"],
            effective: ["CAP_SYS_ADMIN"],
            permitted: ["CAP_SYS_ADMIN"]
        )
        try bundle.save()
        let result = try onHost(
            bundle,
            """
            trap "$oci delete --force $id" EXIT
            $oci run -d $id </dev/null >/dev/null 2>&1
            mkdir shared/volume/host shared/volume/container
            mount -t tmpfs from-host shared/volume/host
            $oci exec $id /bin/busybox mount -t tmpfs from-container /volume/container
            $oci exec $id /bin/busybox grep -c from-host /proc/self/mountinfo || true
            grep -c from-container /proc/self/mountinfo || true
            """
        )
        #expect(result.output == "\(travel.arrives ? 1 : 0)\n\(travel.leaves ? 1 : 0)\n", "\(result.errors)")
    }

    @Test(
        "leave the root as rootfsPropagation says",
        arguments: [
            (LinuxConfiguration.Propagation?.none, ""), (.private, ""), (.recursivelyPrivate, ""), (.slave, "master"),
            (.recursivelySlave, "master"), (.shared, "shared"), (.recursivelyShared, "shared"),
            (.unbindable, "unbindable"), (.recursivelyUnbindable, "unbindable"),
        ]
    )
    func root(_ kind: LinuxConfiguration.Propagation?, _ expected: String) throws {
        let bundle = try OCIBundle(
            script: "while read a b c d e f g h; do [ $e = / ] && echo ${g%%:*}; done </proc/self/mountinfo"
        )
        bundle.configuration.linux?.rootfsPropagation = kind
        bundle.configuration.root?.path = "shared/volume"
        try bundle.save()
        let result = try onHost(
            bundle,
            "cp -a rootfs/. shared/volume/; $oci run $id"
        )
        // Without a word there, the separator follows.
        #expect(result.output == "\(expected.isEmpty ? "-" : expected)\n", "\(result.errors)")
    }

    @Test("changes the file system when a remount has options for it")
    func remount() throws {
        let bundle = try OCIBundle(script: "/bin/busybox df -k /scratch | /bin/busybox tail -n 1; echo >/scratch/x")
        bundle.configuration.mounts?.append(
            .init(destination: "/scratch", type: "tmpfs", source: "scratch", options: ["size=1m"])
        )
        bundle.configuration.mounts?.append(
            .init(destination: "/scratch", options: ["remount", "size=2m", "ro"])
        )
        try bundle.save()
        let result = try bundle.oci("run", bundle.id)
        #expect(result.output.split(separator: " ").dropFirst().first == "2048")
        #expect(result.errors.contains("Read-only file system"))
    }

    @Test("maps owners below a mount only when it is to, recursively")
    func recursively() throws {
        for (option, expected) in [("idmap", "0\n1000\n"), ("ridmap", "0\n0\n")] {
            let bundle = try OCIBundle(script: "/bin/busybox stat -c %u /volume/one /volume/below/two")
            let ranges = [LinuxIDMapping(containerID: 1000, hostID: 0, size: 1)]
            bundle.configuration.mounts?.append(
                .init(
                    destination: "/volume",
                    source: "shared/volume",
                    options: ["rbind", option],
                    uidMappings: ranges,
                    gidMappings: ranges
                )
            )
            try bundle.save()
            let result = try onHost(
                bundle,
                """
                mount -t tmpfs below shared/volume/below; touch shared/volume/one shared/volume/below/two
                chown 1000:1000 shared/volume/one shared/volume/below/two; $oci run $id
                """
            )
            #expect(result.output == expected, "\(result.errors)")
        }
    }

    @Test("go into a mount namespace that is there, which gets the container's root")
    func joined() throws {
        let bundle = try OCIBundle(script: "/bin/busybox readlink /proc/self/ns/mnt; echo /*")
        bundle.configuration.linux?.namespaces?.removeAll { $0.type == .mount }
        bundle.configuration.linux?.namespaces?.append(
            LinuxNamespace(type: .mount, path: bundle.directory.path.string + "/held/mnt")
        )
        try bundle.save()
        let result = try bundle.shell(
            """
            export oci id; exec unshare -m sh -ec '
            unshare -m --propagation private sleep 1000 & held=$!; trap "kill $held" EXIT
            while [ "$(readlink /proc/$held/ns/mnt)" = "$(readlink /proc/self/ns/mnt)" ]; do sleep 0.1; done
            ln -s /proc/$held/ns held; readlink held/mnt; $oci run $id; ls /proc/$held/root | grep -c rootfs || true'
            """
        )
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 4, "\(result.output)\(result.errors)")
        #expect(lines.first == lines.dropFirst().first)
        #expect(lines.dropFirst(2).first == "/bin /dev /proc /sys")
    }
}
