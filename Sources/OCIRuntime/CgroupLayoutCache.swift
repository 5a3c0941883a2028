// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import Synchronization

/// The machine's control group hierarchies, looked up once for all operations of a runtime: a table of mounts is long
/// where many containers run.
final class CgroupLayoutCache: Sendable {
    private let known = Mutex<CgroupLayout?>(nil)

    /// The hierarchies as they were found first.
    func layout() throws(CgroupError) -> CgroupLayout {
        if let layout = known.withLock({ $0 }) { return layout }
        return try refreshed()
    }

    /// The hierarchies as they are now.
    func refreshed() throws(CgroupError) -> CgroupLayout {
        let layout = try CgroupLayout.detect()
        known.withLock { $0 = layout }
        return layout
    }
}
