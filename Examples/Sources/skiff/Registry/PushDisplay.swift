// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RegistryClient
internal import RuntimeCore

/// Shows a push, in docker's words.
struct PushDisplay {
    private var display: TransferDisplay

    init(_ display: TransferDisplay) { self.display = display }

    /// Shows what the push to `reference` begins with.
    mutating func begin(_ reference: Reference) {
        display.say("The push refers to repository [\(reference.name)]")
    }

    /// Shows an event.
    mutating func show(_ event: PushEvent) {
        switch event {
        case .blobs(let blobs): for blob in blobs { display.set(blob.digest.short, "Preparing") }
        case .blob(let descriptor, let state): show(descriptor, state)
        case .manifest: break
        case .finished(let image):
            if let index = image.incompleteIndex {
                display.say(
                    "only one platform of \(index.digest) is here: its manifest was pushed in the index's place"
                )
            }
            let document = image.descriptor
            display.say("\(image.reference.selector): digest: \(document.digest) size: \(document.size)")
        }
    }

    private mutating func show(_ blob: Descriptor, _ state: PushEvent.BlobState) {
        let id = blob.digest.short
        switch state {
        case .exists: display.set(id, "Layer already exists")
        case .mounted(let repository): display.set(id, "Mounted from \(repository)")
        case .uploading(let sent):
            display.set(id, "Pushing", TransferDisplay.Progress(current: sent, total: blob.size))
        case .retrying(let wait): display.set(id, "Retrying in \(wait.components.seconds + 1) seconds")
        case .complete: display.set(id, "Pushed")
        }
    }
}
