// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Undo steps, run in reverse unless the work is committed.
package struct Rollback: ~Copyable {
    private var steps: [() -> Void] = []

    package init() {}

    /// Adds what undoes the step that just succeeded.
    package mutating func add(_ step: @escaping () -> Void) { steps.append(step) }

    /// Keeps everything that was done.
    package consuming func commit() { steps.removeAll() }

    deinit { for step in steps.reversed() { step() } }
}
