// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension MergedTree {
    /// What is at a path, as a process in the image would find it.
    ///
    /// - Parameters:
    ///   - path: Below the image's root; a leading slash changes nothing, and `..` stays at the root.
    ///   - followsLast: Whether a symbolic link at the end of the path is followed.
    /// - Returns: What is there; `nil` when there is nothing, or too many symbolic links lead on.
    public func find(_ path: ByteText, followsLast: Bool = true) -> MergedEntry? {
        position(of: path.bytes, followsLast: followsLast).map { entries[$0] }
    }

    /// The position in ``entries`` of what is at a path. Symbolic links are followed in the image.
    func position(of path: [UInt8], followsLast: Bool) -> Int? {
        var pending = Self.components(path[...])
        var here: [UInt8] = []
        var links = 0
        let endsInSlash = path.last == UInt8(ascii: "/")
        while let name = pending.popLast() {
            guard let place = position(ofExactly: here), entries[place].entry.kind == .directory else { return nil }
            if name == Array("..".utf8) {
                here = Array(here[..<(here.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
                continue
            }
            let next = here.isEmpty ? name : here + [UInt8(ascii: "/")] + name
            guard let found = position(ofExactly: next) else { return nil }
            let entry = entries[found].entry
            guard entry.kind == .symlink, !pending.isEmpty || followsLast || endsInSlash else {
                here = next
                continue
            }
            links += 1
            let target = entry.linkTarget?.bytes ?? []
            if links > 40 || target.isEmpty { return nil }
            if target.first == UInt8(ascii: "/") { here = [] }
            pending += Self.components(target[...])
        }
        let found = position(ofExactly: here)
        if let found, endsInSlash, entries[found].entry.kind != .directory { return nil }
        return found
    }

    /// The positions of a directory and everything below it.
    func subtree(at position: Int) -> Range<Int> {
        let path = entries[position].path.bytes
        var end = position + 1
        if path.isEmpty { return position..<entries.count }
        while end < entries.count, Self.isBelow(entries[end].path.bytes, path) { end += 1 }
        return position..<end
    }

    private static func isBelow(_ path: [UInt8], _ directory: [UInt8]) -> Bool {
        path.count > directory.count && path[directory.count] == UInt8(ascii: "/") && path.starts(with: directory)
    }

    private func position(ofExactly path: [UInt8]) -> Int? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = low + (high - low) / 2
            if Self.precedes(entries[middle].path.bytes, path) { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].path.bytes == path ? low : nil
    }

    /// Whether `one` comes before `other` in the order of a tree: component by component, so that a slash counts less
    /// than every byte of a name.
    static func precedes(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        for (first, second) in zip(one, other) where first != second {
            if first == UInt8(ascii: "/") { return true }
            if second == UInt8(ascii: "/") { return false }
            return first < second
        }
        return one.count < other.count
    }

    /// Components in reverse, the last one first, without empty ones and `.`.
    private static func components(_ path: ArraySlice<UInt8>) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).reversed().map { Array($0) }.filter { $0 != [UInt8(ascii: ".")] }
    }
}
