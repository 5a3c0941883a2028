// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import OCISpec

/// Takes layers while they arrive, to unpack them in the same pass.
public protocol LayerReceiver: Sendable {
    /// Begins with a layer. The bytes come into `file` from its start on, as ``LayerArrival`` is told.
    ///
    /// - Parameters:
    ///   - layer: The layer as it is stored.
    ///   - stacks: For each place of the layer in its image, the diff IDs of all layers up to and including it, the
    ///     lowest first.
    ///   - file: A regular file to be read by position; nothing of it is verified yet.
    /// - Returns: Who is told how far the layer has come.
    /// - Throws: Any error; the transfer then fails with it.
    func receive(
        _ layer: Descriptor,
        as stacks: [[Digest]],
        from file: consuming OwnedFileDescriptor
    ) throws -> any LayerArrival
}

/// One layer that arrives, and is taken.
public protocol LayerArrival: Sendable {
    /// Says that the file has `size` bytes now.
    ///
    /// - Throws: What is wrong with the layer so far, if that is known already.
    func grow(to size: Int64) throws

    /// Says that the file is whole and has the digest that it should, and waits until the layer is taken.
    ///
    /// - Throws: What is wrong with the layer. Nothing of it is visible then.
    func finish() async throws

    /// Says that the rest will not come, or that the file begins anew. Nothing of the layer becomes visible.
    func abandon() async
}
