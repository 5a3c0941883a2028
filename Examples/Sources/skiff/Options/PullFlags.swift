// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RegistryClient
internal import RuntimeCore

/// What `run` and `create` say of an image that the store may not have.
struct PullFlags: ParsableArguments {
    /// When an image is pulled.
    enum Policy: String, ExpressibleByArgument, CaseIterable {
        /// Each time.
        case always
        /// When the store does not have it.
        case missing
        /// Not at all.
        case never
    }

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Pull the image before: always, missing (the default) or never.", valueName: "when")
    )
    var pull = Policy.missing

    @Flag(name: .shortAndLong, help: "Show no progress of the pull.")
    var quiet = false

    @OptionGroup(title: "Registries")
    var registries: RegistryFlags

    /// Sees to it that the store has the image, as far as the policy says so.
    ///
    /// - Parameters:
    ///   - image: What the user calls it.
    ///   - platform: What it is to run on.
    ///   - store: Where it goes.
    /// - Throws: `RegistryError`, `ImageLayoutError`, ``Failure``.
    func provide(_ image: String, platform: Platform, in store: ContainerStore) throws {
        // The process that started a supervisor has seen to it.
        if Supervisor.isActive { return }
        switch pull {
        case .never: return
        case .always: break
        case .missing:
            if try isPresent(image, platform: platform, in: store.images) { return }
        }
        let reference: Reference
        do { reference = try Reference(inRegistry: image) } catch {
            // No name in any registry: the store says that it does not have it.
            if pull == .missing { return }
            throw error
        }
        if pull == .missing, !quiet { Output.error("image \(reference.familiar) is not here; pulling it") }
        let puller = Puller(flags: registries, style: quiet ? nil : .auto)
        try puller.pull(reference, into: store, options: PullOptions(platform: platform))
    }

    private func isPresent(_ image: String, platform: Platform, in images: ImageLayoutDirectory) throws -> Bool {
        do throws(ImageLayoutError) {
            _ = try images.resolve(image, platform: platform)
            return true
        } catch {
            if error.code == .notFound || error.code == .noMatchingPlatform { return false }
            // What is wrong with it is told when it is used.
            return true
        }
    }
}
