// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import RuntimeCore

/// The demo's steps, in their order.
struct Demo {
    private let workspace: Workspace
    private let image: DemoImage

    init(_ workspace: Workspace) {
        self.workspace = workspace
        image = DemoImage(workspace: workspace)
    }

    /// Everything from the image to the last container.
    func run() async throws {
        Page.heading("An image")
        let layout = try ImageLayoutDirectory.openOrCreate(workspace.work.appending("layout"))
        try await image.build(in: layout)
        try await Page.step("save as an archive") {
            try layout.export([DemoImage.reference], as: .oci, to: workspace.newFile(workspace.archive))
        } detail: {
            "\(workspace.archive)"
        }
        let store = try ContainerStore(at: workspace.work.appending("store"))
        _ = try await Page.step("load it into another store") { try store.images.importArchive(at: workspace.archive) }
        _ = try await Page.step("unpack its layers") {
            try store.unpackStacked(DemoImage.reference, into: store.snapshots.path)
        } detail: {
            "\($0.count) directories for overlayfs"
        }
        Page.heading("A container")
        try await compare(in: store)
        Page.heading("How containers end")
        try await Endings(store: store).show()
        Page.heading("How fast they are")
        try await Repetition(store: store).show()
    }

    /// Runs the probe, and prints what it sees beside what this process sees.
    private func compare(in store: ContainerStore) async throws {
        let result = try await Page.step("create, start, wait, remove") {
            try await Container.run(DemoImage.reference, in: store) {
                $0.hostname = "demo"
                $0.environment = ["PROBE=from the demo"]
                $0.readOnlyRoot = true
                $0.droppedCapabilities = CapabilitySet.dockerDefault.subtracting(CapabilitySet([.chown, .kill]))
                $0.limits.memory = 64 << 20
                $0.limits.pids = 32
            }
        }
        guard result.exit.isSuccess else { throw DemoFailure("the probe \(result.exit): \(result.errors)") }
        let container = Surroundings(report: result.output)
        Page.line()
        Page.table(Comparison(host: .host, container: container).rows)
        Page.line()
        Page.line("its variable PROBE is \"\(container["environment"])\"; the image says \"from the image\"")
        guard container["pid"] == "1", container["hostname"] == "demo", container["seccomp"] == "2",
            container["keyctl"] == "refused", container["environment"] == "from the demo"
        else { throw DemoFailure("the container is not as confined as it should be") }
    }

    /// Prints what to try next.
    func showNextSteps() {
        Page.heading("Try next, as root")
        Page.line("make bin")
        Page.line("bin/skiff load -i \(workspace.archive)")
        Page.line("bin/skiff run --rm skiff-demo")
        if image.hasShell { Page.line("bin/skiff run --rm -it skiff-demo sh") }
    }
}
