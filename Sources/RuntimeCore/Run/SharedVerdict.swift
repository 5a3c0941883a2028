// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Synchronization

/// A value that is settled once, by whoever comes first.
final class SharedVerdict<Value: Sendable>: Sendable {
    private let settled = Mutex<Value?>(nil)

    /// The value, once settled.
    var value: Value? { settled.withLock { $0 } }

    /// Settles it, unless it is settled.
    func settle(_ value: Value) { settled.withLock { $0 = $0 ?? value } }
}
