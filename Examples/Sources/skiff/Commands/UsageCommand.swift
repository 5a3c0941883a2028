// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff df`.
struct UsageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "df",
        abstract: "Show how much images, containers and unpacked layers take, and what could be freed."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Show every image, container and unpacked layer.")
    var verbose = false

    @Option(
        help: ArgumentHelp("table, json (an object a line), or a template such as '{{.Type}}'.", valueName: "format")
    )
    var format: String?

    mutating func run() throws {
        if verbose && format != nil { throw Failure("--verbose and --format exclude each other") }
        _ = try ListFormat(format)
        let usage = try store.open().usage()
        if verbose { return try showAll(usage) }
        var listing = try Listing(format, header: ["TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"])
        for line in Self.lines(of: usage) { try listing.add(line.row) }
        try listing.finish()
    }

    private static func lines(of usage: StoreUsage) -> [UsageLine] {
        let idle = usage.images.images.filter { !usage.imagesInUse.contains($0.descriptor.digest) }
        let images = UsageLine(
            kind: "Images",
            total: usage.images.images.count,
            active: usage.imagesInUse.count,
            bytes: usage.images.bytes,
            reclaimable: usage.images.unreferencedBytes + idle.reduce(0) { $0 + $1.uniqueBytes }
        )
        let stopped = usage.containers.filter { !$0.isRunning }
        let containers = UsageLine(
            kind: "Containers",
            total: usage.containers.count,
            active: usage.containers.count - stopped.count,
            bytes: usage.containers.reduce(0) { $0 + Int64(clamping: $1.space.bytes) },
            reclaimable: stopped.reduce(0) { $0 + Int64(clamping: $1.space.bytes) }
        )
        let free = usage.layers.filter { !$0.isNeeded }
        let layers = UsageLine(
            kind: "Unpacked layers",
            total: usage.layers.count,
            active: usage.layers.count - free.count,
            bytes: usage.layers.reduce(0) { $0 + Int64(clamping: $1.space.bytes) },
            reclaimable: free.reduce(0) { $0 + Int64(clamping: $1.space.bytes) }
        )
        return [images, containers, layers]
    }

    private func showAll(_ usage: StoreUsage) throws {
        var images = TextTable(["IMAGE", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "IN USE"])
        for image in usage.images.images {
            let names = image.names.map { (try? Reference($0))?.familiar ?? $0 }
            images.add([
                names.isEmpty ? image.descriptor.digest.short : names.joined(separator: ", "),
                HumanSize.text(bytes: image.bytes), HumanSize.text(bytes: image.sharedBytes),
                HumanSize.text(bytes: image.uniqueBytes),
                usage.imagesInUse.contains(image.descriptor.digest) ? "yes" : "no",
            ])
        }
        var containers = TextTable(["CONTAINER ID", "IMAGE", "SIZE", "FILES", "RUNNING", "NAMES"])
        for container in usage.containers {
            containers.add([
                String(container.id.prefix(12)), container.image,
                HumanSize.text(bytes: Int64(clamping: container.space.bytes)),
                "\(container.space.inodes)", container.isRunning ? "yes" : "no", container.name,
            ])
        }
        var layers = TextTable(["UNPACKED LAYER", "SIZE", "FILES", "NEEDED"])
        for layer in usage.layers {
            layers.add([
                layer.chainID.digest.short, HumanSize.text(bytes: Int64(clamping: layer.space.bytes)),
                "\(layer.space.inodes)",
                layer.isNeeded ? "yes" : "no",
            ])
        }
        for lines in [images.lines, [""], containers.lines, [""], layers.lines] {
            for line in lines { try Output.line(line) }
        }
    }
}
