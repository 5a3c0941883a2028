// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The owner of an entry, in the kernel's range.
struct Owner: Hashable, Sendable {
    let uid: UInt32
    let gid: UInt32

    /// Root, who owns what no entry is about.
    static let root = Owner(uid: 0, gid: 0)
    /// Whoever makes a file.
    static let unchanged = Owner(uid: .max, gid: .max)

    init(uid: UInt32, gid: UInt32) {
        self.uid = uid
        self.gid = gid
    }

    /// - Throws: ``LayerUnpackError``: `badOwner` for what is not in 0...2^32-2; 2^32-1 means "unchanged" to the kernel.
    init(_ entry: TarEntry) throws(LayerUnpackError) {
        let range: ClosedRange<Int64> = 0...4_294_967_294
        guard range.contains(entry.uid), range.contains(entry.gid) else {
            throw LayerUnpackError(.badOwner, "set owner", detail: "\(entry.uid):\(entry.gid) is out of range")
        }
        uid = UInt32(entry.uid)
        gid = UInt32(entry.gid)
    }
}
