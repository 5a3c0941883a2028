// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import ImageLayout
internal import LayerUnpack
public import LinuxSystem
public import OCISpec
internal import Logging
internal import Synchronization

extension ContainerStore {
    /// Unpacks layers into the store while they arrive; for a pull with `RegistryClient`.
    public var layerReceiver: SnapshotReceiver { SnapshotReceiver(store: self) }
}

/// Unpacks layers into a store's snapshots while they arrive, each on threads of its own.
///
/// A snapshot becomes visible after the blob's digest and the layer's diff ID have matched.
public struct SnapshotReceiver: LayerReceiver {
    let store: ContainerStore

    /// Begins to unpack a layer; see `LayerReceiver`.
    ///
    /// - Throws: `LayerUnpackError`: `unsupportedMediaType`, `sizeMismatch`, `systemCall`.
    public func receive(
        _ layer: Descriptor,
        as stacks: [[Digest]],
        from file: consuming OwnedFileDescriptor
    ) throws -> any LayerArrival {
        let arrival = SnapshotArrival()
        do {
            for stack in Set(stacks) { try begin(arrival, layer, as: stack, from: file) }
        } catch {
            // Those that began already would wait for ever.
            arrival.fail()
            throw error
        }
        return arrival
    }

    private func begin(
        _ arrival: SnapshotArrival,
        _ layer: Descriptor,
        as stack: [Digest],
        from file: borrowing OwnedFileDescriptor
    ) throws {
        guard let chainID = ChainID.chain(of: stack).last, let diffID = stack.last else { return }
        let growth = try LayerGrowth()
        let copy = try SnapshotArrival.copy(of: file)
        let source = try LayerSource(copy, layer: layer, diffID: diffID, growth: growth)
        try arrival.unpack(source, growth, as: chainID, in: store)
    }
}

/// A layer that is being unpacked, once for each stack that it is the top of.
private final class SnapshotArrival: LayerArrival {
    private struct State {
        var growths: [LayerGrowth] = []
        var running = 0
        var error: (any Error)?
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Unpacks on a thread of its own.
    func unpack(
        _ source: LayerSource,
        _ growth: LayerGrowth,
        as chainID: ChainID,
        in store: ContainerStore
    ) throws {
        state.withLock {
            $0.growths.append(growth)
            $0.running += 1
        }
        do throws(SystemCallError) {
            try WorkerThread.detach { [self] in
                do throws(LayerUnpackError) {
                    let report = try store.snapshots.unpack(source, as: chainID)
                    store.logDropped(report)
                    end(nil)
                } catch {
                    end(ContainerStoreError("unpack layer \(source.diffID.map { "\($0)" } ?? "")", error))
                }
            }
        } catch {
            end(error)
            throw error
        }
    }

    static func copy(of file: borrowing OwnedFileDescriptor) throws(LayerUnpackError) -> OwnedFileDescriptor {
        do throws(SystemCallError) { return try file.duplicate() } catch { throw LayerUnpackError("open layer", error) }
    }

    private func end(_ error: (any Error)?) {
        let waiting = state.withLock { state in
            state.running -= 1
            state.error = state.error ?? error
            guard state.running == 0 else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    func grow(to size: Int64) throws {
        let growths = try state.withLock { state in
            if let error = state.error { throw error }
            return state.growths
        }
        for growth in growths { growth.grow(to: UInt64(clamping: size)) }
    }

    func finish() async throws {
        for growth in state.withLock({ $0.growths }) { growth.finish() }
        await wait()
        if let error = state.withLock({ $0.error }) { throw error }
    }

    func abandon() async {
        fail()
        await wait()
    }

    /// Has the threads stop soon.
    func fail() { for growth in state.withLock({ $0.growths }) { growth.fail() } }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.running == 0 { return true }
                state.waiting = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
