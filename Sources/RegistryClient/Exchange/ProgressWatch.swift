// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Synchronization

/// Sees whether a body arrives fast enough: a minimum of bytes in each window of time that is spent waiting for it,
/// whatever the whole takes.
final class ProgressWatch: Sendable {
    private struct State {
        var waited = Duration.zero
        var count = 0
    }

    private let window: Duration
    private let minimum: Int
    private let pacer: Pacer
    private let state = Mutex(State())

    init(window: Duration, minimum: Int, pacer: Pacer) {
        self.window = window
        self.minimum = minimum
        self.pacer = pacer
    }

    /// Waits for the next piece of the body.
    ///
    /// - Throws: ``TransportError``: `timedOut` if too few bytes arrived in the window that ends now, or what `next`
    ///   throws.
    func next(
        _ next: () async throws(TransportError) -> [UInt8]?
    ) async throws(TransportError) -> [UInt8]? {
        let begin = pacer.now()
        guard let piece = try await next() else { return nil }
        let waited = pacer.now() - begin
        let isTooSlow = state.withLock { state in
            state.waited += waited
            state.count += piece.count
            guard state.waited >= window else { return false }
            let isTooSlow = state.count < minimum
            state = State()
            return isTooSlow
        }
        if isTooSlow {
            throw TransportError(.timedOut, "fewer than \(minimum) bytes arrived in \(window.components.seconds) s")
        }
        return piece
    }
}
