// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RegistryClient
internal import RuntimeCore

/// `skiff pull`.
struct PullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Pull images from a registry, and print their names.",
        discussion: """
            Progress goes to standard error. What had arrived when a pull broke off is kept, and the next one goes on \
            with it.
            """
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    @Option(help: "How progress is shown: auto, plain, tty or json.")
    var progress = ProgressStyle.auto

    @Option(help: ArgumentHelp("Platform; this machine's by default.", valueName: "os/arch"))
    var platform: String?

    @Flag(name: .customLong("all-platforms"), help: "Pull the image for every platform that it is there for.")
    var wantsAllPlatforms = false

    @Flag(name: [.customShort("a"), .customLong("all-tags")], help: "Pull every tag of the repository.")
    var wantsAllTags = false

    @Flag(
        name: .customLong("unpack"),
        inversion: .prefixedNo,
        help: "Unpack layers while they arrive (root only); without, the first container unpacks them."
    )
    var unpacks = true

    @Flag(
        name: .customLong("keep-layers"),
        inversion: .prefixedNo,
        help: "Keep layers as they arrive as well; without, the image can be run, but not saved or pushed."
    )
    var keepsLayers = true

    @Option(
        name: .customLong("registry-mirror"),
        help: ArgumentHelp("Ask this registry first; several are asked in order.", valueName: "host")
    )
    var mirrors: [String] = []

    @OptionGroup(title: "Registries")
    var registries: RegistryFlags

    @Argument(help: ArgumentHelp("Images.", valueName: "name[:tag|@digest]"))
    var names: [String]

    mutating func validate() throws {
        if wantsAllPlatforms && platform != nil {
            throw ValidationError("--platform and --all-platforms exclude each other")
        }
        if !keepsLayers && (!unpacks || wantsAllPlatforms) {
            throw ValidationError("--no-keep-layers needs layers to be unpacked, for one platform")
        }
    }

    mutating func run() throws {
        var options = PullOptions(platform: try platform.map { try Platform($0) })
        if wantsAllPlatforms { options = .allPlatforms }
        options.keepsLayers = keepsLayers
        let references = try names.map { try Reference(inRegistry: $0) }
        let store = try store.open()
        let puller = Puller(flags: registries, style: quiet ? nil : progress, unpacks: unpacks, mirrors: mirrors)
        for reference in references {
            for one in wantsAllTags ? try tags(of: reference) : [reference] {
                let image = try puller.pull(one, into: store, options: options)
                try Output.line(image.reference.description)
            }
        }
    }

    private func tags(of reference: Reference) throws -> [Reference] {
        guard reference.tag == nil, reference.digest == nil else {
            throw Failure("--all-tags takes a name without a tag: \(reference.familiar)")
        }
        let repository = try Repository(
            reference,
            in: try registries.registry(reference.registry, mirrors: mirrors)
        )
        let tags = try Blocking.run { try await repository.tags() }
        if tags.isEmpty { throw Failure("\(reference.familiar) has no tags") }
        return try tags.map {
            try Reference(registry: reference.registry, repository: reference.repository, tag: $0)
        }
    }
}
