// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

/// Paths below the future root: always resolved by the kernel, with the root's descriptor as root.
extension Interpreter {
    static var inRoot: UInt64 { UInt64(CLINUX_RESOLVE_IN_ROOT | CLINUX_RESOLVE_NO_MAGICLINKS) }
    static var noSymlinks: UInt64 { UInt64(CLINUX_RESOLVE_IN_ROOT | CLINUX_RESOLVE_NO_SYMLINKS) }

    /// Opens `path` inside the root; a negated error number when it fails.
    ///
    /// A rename elsewhere in the tree can make the kernel answer EAGAIN; it is asked again up to 128 times.
    func openInRoot(_ path: UnsafePointer<CChar>, flags: CInt, resolve: UInt64) -> CInt {
        var attempts = 0
        while true {
            let result = unsafe clinux_openat2(
                root,
                path,
                UInt64(UInt32(bitPattern: flags | CLINUX_O_CLOEXEC)),
                0,
                resolve
            )
            attempts += 1
            if result != -CLINUX_EAGAIN || attempts == 128 { return result }
        }
    }

    /// Opens a mount target, made when it is missing.
    func openTarget(_ target: MountTarget<MappedStorage>) throws(StepError) -> (descriptor: CInt, isNew: Bool) {
        let resolve = target.kind == .realDirectory ? Self.noSymlinks : Self.inRoot
        let flags = CLINUX_O_PATH | (target.kind == .file ? 0 : CLINUX_O_DIRECTORY)
        let opened = unsafe openInRoot(reader.pointer(target.path), flags: flags, resolve: resolve)
        if opened != -CLINUX_ENOENT { return (try check(opened, .openTarget), false) }
        try create(target.path, kind: target.kind)
        let made = unsafe openInRoot(reader.pointer(target.path), flags: flags, resolve: resolve)
        return (try check(made, .openTarget), true)
    }

    /// Makes `path` and its missing parents inside the root.
    ///
    /// A dangling symbolic link on the way is followed inside the root: real images have them.
    func create(_ path: MappedText, kind: MountTarget<MappedStorage>.Kind, mode: UInt32 = 0o755) throws(StepError) {
        guard path.count < Self.pathCapacity else { throw StepError(CLINUX_ENAMETOOLONG, .createTarget) }
        var count = path.count
        let source = unsafe UnsafeRawPointer(reader.pointer(path)).assumingMemoryBound(to: UInt8.self)
        for index in 0...count { unsafe scratch[index] = unsafe source[index] }
        if createLast(count: count, kind: kind, mode: mode) { return }
        for _ in 0..<40 {
            guard let followed = try createComponents(count: count, kind: kind, mode: mode) else { return }
            count = followed
        }
        throw StepError(CLINUX_ELOOP, .symlinkLoop)
    }

    /// Makes the last component of the path in the scratch buffer where only that one is missing, as it mostly is.
    /// Whatever else is the case is left to the walk over the components, which can also say what is wrong.
    private func createLast(count: Int, kind: MountTarget<MappedStorage>.Kind, mode: UInt32) -> Bool {
        let start = lastComponent(count: count)
        guard start > 1, start < count else { return false }
        let parent = unsafe prefix(start) {
            unsafe openInRoot($0, flags: CLINUX_O_PATH | CLINUX_O_DIRECTORY, resolve: Self.inRoot)
        }
        guard parent >= 0 else { return false }
        defer { _ = clinux_close(parent) }
        let name = unsafe UnsafeRawPointer(scratch + start).assumingMemoryBound(to: CChar.self)
        let made = unsafe makeNew(name, in: parent, asFile: kind == .file, mode: mode)
        return made >= 0
    }

    /// Where the last component of the path in the scratch buffer begins; `count` when it ends in a slash.
    private func lastComponent(count: Int) -> Int {
        var start = count
        while start > 0, unsafe scratch[start - 1] != UInt8(ascii: "/") { start -= 1 }
        return start
    }

    /// Makes a directory or an empty file that must not be there yet.
    private func makeNew(_ name: UnsafePointer<CChar>, in parent: CInt, asFile: Bool, mode: UInt32) -> CInt {
        guard asFile else { return unsafe clinux_mkdirat(parent, name, mode) }
        let flags = CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL | CLINUX_O_NOFOLLOW | CLINUX_O_CLOEXEC
        let file = unsafe clinux_openat(parent, name, flags, 0o644)
        if file >= 0 { _ = clinux_close(file) }
        return file
    }

    /// Makes what is missing of the path in the scratch buffer. When a component is a dangling symbolic link, the path
    /// is rewritten to lead through the link's text, and its new length is returned.
    private func createComponents(
        count: Int,
        kind: MountTarget<MappedStorage>.Kind,
        mode: UInt32
    ) throws(StepError) -> Int? {
        var parent = try check(clinux_fcntl(root, CLINUX_F_DUPFD_CLOEXEC, 3), .openTarget)
        defer { _ = clinux_close(parent) }
        var start = 0
        while true {
            while start < count, unsafe scratch[start] == UInt8(ascii: "/") { start += 1 }
            if start >= count { return nil }
            var end = start
            while end < count, unsafe scratch[end] != UInt8(ascii: "/") { end += 1 }
            var last = end
            while last < count, unsafe scratch[last] == UInt8(ascii: "/") { last += 1 }
            let isLast = last >= count
            if try makeComponent(start..<end, in: parent, asFile: isLast && kind == .file, mode: mode) {
                return try follow(start..<end, in: parent, count: count)
            }
            if isLast { return nil }
            // The prefix is opened from the root, so that links and `..` in it are resolved inside.
            let next = unsafe prefix(end) {
                unsafe openInRoot($0, flags: CLINUX_O_PATH | CLINUX_O_DIRECTORY, resolve: Self.inRoot)
            }
            _ = clinux_close(parent)
            parent = try check(next, .createTarget)
            start = end
        }
    }

    /// Makes one component; `true` when a dangling symbolic link is in its place.
    private func makeComponent(
        _ range: Range<Int>,
        in parent: CInt,
        asFile: Bool,
        mode: UInt32
    ) throws(StepError) -> Bool {
        let name = unsafe UnsafeRawPointer(scratch + range.lowerBound).assumingMemoryBound(to: CChar.self)
        let exists = unsafe prefix(range.upperBound) {
            unsafe openInRoot($0, flags: CLINUX_O_PATH, resolve: Self.inRoot)
        }
        if exists >= 0 {
            _ = clinux_close(exists)
            return false
        }
        if exists != -CLINUX_ENOENT { try check(exists, .createTarget) }
        let made = terminated(range.upperBound) { unsafe makeNew(name, in: parent, asFile: asFile, mode: mode) }
        if made == -CLINUX_EEXIST { return true }
        try check(made, .createTarget)
        return false
    }

    /// Rewrites the scratch path so that the link at `range` is replaced by its text; returns the new length.
    private func follow(_ range: Range<Int>, in parent: CInt, count: Int) throws(StepError) -> Int {
        let capacity = Self.pathCapacity
        let text = unsafe scratch + capacity
        let name = unsafe UnsafeRawPointer(scratch + range.lowerBound).assumingMemoryBound(to: CChar.self)
        let chars = unsafe UnsafeMutableRawPointer(text).assumingMemoryBound(to: CChar.self)
        let length = terminated(range.upperBound) {
            CInt(truncatingIfNeeded: unsafe clinux_readlinkat(parent, name, chars, capacity))
        }
        let linked = Int(try check(length, .createTarget))
        let rest = count - range.upperBound
        let absolute = unsafe linked > 0 && text[0] == UInt8(ascii: "/")
        let front = absolute ? 0 : range.lowerBound
        guard front + linked + rest < capacity else { throw StepError(CLINUX_ENAMETOOLONG, .symlinkLoop) }
        if front + linked < range.upperBound {
            for index in 0..<rest { unsafe scratch[front + linked + index] = unsafe scratch[range.upperBound + index] }
        } else {
            for index in stride(from: rest - 1, through: 0, by: -1) {
                unsafe scratch[front + linked + index] = unsafe scratch[range.upperBound + index]
            }
        }
        for index in 0..<linked { unsafe scratch[front + index] = unsafe text[index] }
        return front + linked + rest
    }

    /// Runs `body` with the first `count` bytes of the scratch path as a string.
    private func prefix(_ count: Int, _ body: (UnsafePointer<CChar>) -> CInt) -> CInt {
        terminated(count) {
            unsafe body(UnsafeRawPointer(scratch).assumingMemoryBound(to: CChar.self))
        }
    }

    /// Runs `body` while the scratch path ends after `count` bytes.
    private func terminated(_ count: Int, _ body: () -> CInt) -> CInt {
        let saved = unsafe scratch[count]
        unsafe scratch[count] = 0
        let result = body()
        unsafe scratch[count] = saved
        return result
    }

    /// Opens the parent of `path` inside the root and runs `body` with it and the last component.
    func withParent(
        _ path: MappedText,
        _ body: (CInt, UnsafePointer<CChar>) -> CInt
    ) throws(StepError) -> CInt {
        guard path.count < Self.pathCapacity else { throw StepError(CLINUX_ENAMETOOLONG, .openTarget) }
        let source = unsafe UnsafeRawPointer(reader.pointer(path)).assumingMemoryBound(to: UInt8.self)
        for index in 0...path.count { unsafe scratch[index] = unsafe source[index] }
        let start = lastComponent(count: path.count)
        guard start < path.count else { throw StepError(CLINUX_EINVAL, .openTarget) }
        let name = unsafe UnsafeRawPointer(scratch + start).assumingMemoryBound(to: CChar.self)
        if start <= 1 { return unsafe body(root, name) }
        let opened = unsafe prefix(start) {
            unsafe openInRoot($0, flags: CLINUX_O_PATH | CLINUX_O_DIRECTORY, resolve: Self.inRoot)
        }
        let parent = try check(opened, .openTarget)
        let result = unsafe body(parent, name)
        _ = clinux_close(parent)
        return result
    }
}
