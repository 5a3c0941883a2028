// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import Foundation
internal import LinuxSystem
internal import Synchronization
package import SystemPackage

/// Swaps two names again and again, as an attacker does who has another container with the same volume.
package final class Racer: Sendable {
    private let isStopped = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    /// Begins to swap.
    package init(_ first: FilePath, _ second: FilePath) {
        Thread.detachNewThread { [self] in
            while !isStopped.load(ordering: .relaxed) { Self.swap(first, second) }
            ended.signal()
        }
    }

    private static func swap(_ first: FilePath, _ second: FilePath) {
        let here = CLINUX_AT_FDCWD
        let flags = UInt32(CLINUX_RENAME_EXCHANGE)
        _ = first.withCString { first in
            second.withCString { second in unsafe clinux_renameat2(here, first, here, second, flags) }
        }
    }

    /// Stops, and waits until it has.
    package func stop() {
        isStopped.store(true, ordering: .relaxed)
        ended.wait()
    }
}
