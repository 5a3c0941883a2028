// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import FoundationEssentials
import RuntimeCore

/// The image that the demo builds.
struct DemoImage {
    /// What it is called.
    static let reference = "docker.io/library/skiff-demo:latest"
    /// The time that it says it was made, and that its files have: the same files give the same image every time.
    private static let created = (text: "2025-01-01T00:00:00Z", seconds: Int64(1_735_689_600))
    /// A program that many hosts have, which needs no library.
    private static let busybox = "/bin/busybox"
    /// Some of its names.
    private static let applets = [
        "cat", "chmod", "chown", "cp", "date", "dd", "df", "dmesg", "du", "echo", "env", "false", "find", "free",
        "grep",
        "head", "hostname", "id", "ip", "kill", "ln", "ls", "mkdir", "mknod", "mount", "mv", "nproc", "ping", "ps",
        "pwd",
        "rm", "sed", "sh", "sleep", "sort", "tail", "tar", "top", "touch", "true", "umount", "uname", "vi", "wc",
        "wget",
        "whoami",
    ]

    let workspace: Workspace

    /// Whether the host has busybox, without which the image has no shell.
    var hasShell: Bool { FileManager.default.fileExists(atPath: Self.busybox) }

    /// Builds the image's layers and the image.
    func build(in layout: ImageLayoutDirectory) async throws {
        var layers = [try await addLayer("directories and users", to: layout, makeBase)]
        layers.append(try await addLayer("the probe", to: layout, makeProbe))
        if hasShell { layers.append(try await addLayer("busybox", to: layout, makeBusybox)) }
        let configuration = ImageConfiguration(
            created: Self.created.text,
            architecture: Platform.host.architecture,
            os: Platform.host.os,
            config: .init(env: ["PROBE=from the image"], cmd: ["/bin/probe"], workingDir: "/"),
            rootfs: .init(),
            history: layers.map { .init(created: Self.created.text, createdBy: "skiff-demo: \($0.descriptor.digest)") }
        )
        let all = layers
        _ = try await Page.step("image of \(all.count) layers") {
            try layout.addImage(configuration, layers: all, as: Reference(Self.reference))
        } detail: {
            "\($0.descriptor.digest.description.prefix(19))"
        }
    }

    /// Makes a tree, writes it as an archive, and stores that as a layer.
    private func addLayer(
        _ name: String,
        to layout: ImageLayoutDirectory,
        _ make: (String) throws -> Void
    ) async throws -> ResolvedImage.Layer {
        try await Page.step("layer: \(name)") {
            let tree = name.replacing(" ", with: "-")
            let archive = workspace.work.appending("\(tree).tar.gz")
            let path = try workspace.makeDirectory(tree)
            try make(tree)
            let writer = LayerWriter(modificationTimes: .fixed(Self.created.seconds))
            _ = try writer.write(path, to: workspace.newFile(archive))
            return try layout.addLayer(at: archive)
        } detail: {
            "\(Text.bytes($0.descriptor.size)) compressed"
        }
    }

    private func makeBase(_ tree: String) throws {
        for directory in ["bin", "dev", "etc", "proc", "sys"] { try workspace.makeDirectory("\(tree)/\(directory)") }
        try workspace.makeDirectory("\(tree)/root", mode: 0o700)
        try workspace.makeDirectory("\(tree)/tmp", mode: 0o1777)
        let users = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
        try workspace.write(Array(users.utf8), to: "\(tree)/etc/passwd")
        try workspace.write(Array("root:x:0:\nnogroup:x:65534:\n".utf8), to: "\(tree)/etc/group")
    }

    private func makeProbe(_ tree: String) throws {
        try workspace.makeDirectory("\(tree)/bin")
        try workspace.write(Probe.bytes, to: "\(tree)/bin/probe", mode: 0o755)
    }

    private func makeBusybox(_ tree: String) throws {
        let directory = try workspace.makeDirectory("\(tree)/bin")
        try FileManager.default.copyItem(atPath: Self.busybox, toPath: directory.appending("busybox").string)
        for applet in Self.applets {
            try FileManager.default.createSymbolicLink(
                atPath: directory.appending(applet).string,
                withDestinationPath: "busybox"
            )
        }
    }
}
