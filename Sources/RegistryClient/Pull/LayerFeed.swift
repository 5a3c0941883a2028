// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
internal import LinuxSystem
internal import OCISpec

/// Hands a layer on while it is transferred.
struct LayerFeed: Sendable {
    /// Who takes layers.
    let receiver: any LayerReceiver
    /// The layer.
    let layer: Descriptor
    /// Its places in the image.
    let stacks: [[Digest]]
    private var arrival: (any LayerArrival)?

    init(_ receiver: any LayerReceiver, _ layer: Descriptor, _ stacks: [[Digest]]) {
        self.receiver = receiver
        self.layer = layer
        self.stacks = stacks
    }

    /// Begins with a file, from its start.
    mutating func begin(_ file: consuming OwnedFileDescriptor) async throws {
        await abandon()
        arrival = try receiver.receive(layer, as: stacks, from: file)
    }

    /// Says how far the file has come.
    func grow(to size: Int64) throws { try arrival?.grow(to: size) }

    /// Says that the file is whole and verified, and waits until it was taken.
    mutating func finish() async throws {
        let arrival = arrival
        self.arrival = nil
        try await arrival?.finish()
    }

    /// Says that the file will not become whole.
    mutating func abandon() async {
        let arrival = arrival
        self.arrival = nil
        await arrival?.abandon()
    }
}
