// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux

/// Time, as the client sees it; a test has one of its own, in which no time passes by itself.
struct Pacer: Sendable {
    /// The time since some beginning.
    let now: @Sendable () -> Duration
    /// Waits. Throws when the task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void
    /// A number from 0 to 1.
    let random: @Sendable () -> Double

    /// The machine's.
    static let machine = Pacer(
        now: { .nanoseconds(clinux_monotonic_nanoseconds()) },
        sleep: { try await Task.sleep(for: $0) },
        random: { Double.random(in: 0...1) }
    )
}
