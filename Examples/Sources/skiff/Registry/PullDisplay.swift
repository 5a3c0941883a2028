// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RegistryClient
internal import RuntimeCore

/// Shows a pull, in docker's words.
struct PullDisplay {
    private var display: TransferDisplay
    private var layers: Set<Digest> = []

    init(_ display: TransferDisplay) { self.display = display }

    /// Shows what the pull of `reference` begins with.
    mutating func begin(_ reference: Reference) {
        display.say("Pulling from \(reference.repository)", id: reference.selector)
    }

    /// Shows an event.
    mutating func show(_ event: PullEvent) {
        switch event {
        case .resolved: break
        case .manifest(_, let blobs):
            for layer in blobs.dropFirst() where layers.insert(layer.digest).inserted {
                display.set(layer.digest.short, "Pulling fs layer")
            }
        case .blob(let descriptor, let state): if layers.contains(descriptor.digest) { show(descriptor, state) }
        case .finished(let image):
            display.say("Digest: \(image.descriptor.digest)")
            let status = image.wasPresent ? "Image is up to date for" : "Downloaded newer image for"
            display.say("Status: \(status) \(image.reference.familiar)")
        }
    }

    private mutating func show(_ layer: Descriptor, _ state: PullEvent.BlobState) {
        let id = layer.digest.short
        switch state {
        case .exists: display.set(id, "Already exists")
        case .waiting: display.set(id, "Waiting")
        case .downloading(let received):
            display.set(id, "Downloading", TransferDisplay.Progress(current: received, total: layer.size))
        case .retrying(let wait): display.set(id, "Retrying in \(wait.components.seconds + 1) seconds")
        case .verifying: display.set(id, "Verifying Checksum")
        case .unpacking: display.set(id, "Extracting")
        case .complete: display.set(id, "Pull complete")
        }
    }
}

extension Digest {
    /// The first twelve digits.
    var short: String { String(encoded.prefix(12)) }
}
