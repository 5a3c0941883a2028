// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance
internal import RuntimeCore

/// `skiff prune`.
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove what no image and no container needs: blobs, unpacked layers, parts of broken pulls."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Remove images that no container was made from, too.")
    var all = false

    @Flag(help: "Remove containers that do not run, first.")
    var containers = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var force = false

    mutating func run() throws {
        var options = PruneOptions()
        options.containers = containers
        options.images = all
        if !force && (all || containers) { try confirm() }
        let report = try store.open().prune(options)
        for name in report.containers { try Output.line("Removed container: \(name)") }
        for name in report.images { try Output.line("Untagged: \(name)") }
        for blob in report.blobs { try Output.line("Deleted: \(blob)") }
        for layer in report.layers { try Output.line("Deleted unpacked layer: \(layer)") }
        try Output.line("Total reclaimed space: \(HumanSize.text(bytes: report.bytes))")
    }

    private func confirm() throws {
        guard HostTerminal.isInput else {
            throw Failure("prune --all and --containers ask before they remove; without a terminal use --force")
        }
        let doomed = [
            containers ? "all containers that do not run" : nil, all ? "all images without a container" : nil,
        ]
        let answer = try Prompt.line(
            "This removes \(doomed.compactMap { $0 }.joined(separator: " and ")). Go on? [y/N] "
        )
        guard ["y", "Y", "yes"].contains(answer) else { throw Failure("nothing was removed") }
    }
}
