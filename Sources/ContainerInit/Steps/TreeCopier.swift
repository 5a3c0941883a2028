// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

/// Copies what a directory has into the root of a new file system: types, contents with their holes, modes, owners,
/// times, extended attributes and hard links.
///
/// One loop and one mapping, whatever the tree is like. Every name is used once, below the descriptor of the directory
/// it was read from, and no symbolic link is followed, so renames in the source cannot lead elsewhere. The target is
/// nobody else's yet. After an error the descriptors that are open stay open: the process ends then.
@safe package struct TreeCopier {
    /// Directories inside one another that there is room for.
    package static var deepest: Int { 2048 }

    /// The parts of the mapping: directory entries, a text, names of attributes, a value or file content, descriptors.
    private static var entriesSize: Int { 8192 }
    private static var textSize: Int { 8192 }
    private static var valueSize: Int { 65_536 }
    private static var memorySize: Int { entriesSize + textSize + 2 * valueSize + 4 * deepest }

    private let memory: UnsafeMutablePointer<UInt8>
    private let depthLimit: Int
    private let targetRoot: CInt
    private let sourceRoot: CInt
    /// The directory of the target that is being filled.
    private var target: CInt
    /// How deep in the source that is; 0 is the root.
    private var depth = 0
    /// A directory in the target's root with one name for each file that may have more; gone in the end.
    private var links: CInt = -1
    /// The number in the name of that directory.
    private var linksNumber: UInt8 = 0

    private var entries: UnsafeMutablePointer<UInt8> { unsafe memory }
    private var text: UnsafeMutablePointer<CChar> {
        unsafe UnsafeMutableRawPointer(memory + Self.entriesSize).assumingMemoryBound(to: CChar.self)
    }
    private var names: UnsafeMutablePointer<CChar> {
        unsafe UnsafeMutableRawPointer(memory + Self.entriesSize + Self.textSize).assumingMemoryBound(to: CChar.self)
    }
    private var value: UnsafeMutablePointer<UInt8> {
        unsafe memory + Self.entriesSize + Self.textSize + Self.valueSize
    }
    private var sources: UnsafeMutablePointer<CInt> {
        unsafe UnsafeMutableRawPointer(value + Self.valueSize).assumingMemoryBound(to: CInt.self)
    }
    private var source: CInt { unsafe sources[depth] }

    /// Copies the content of the directory `source` into the directory `target`, which is empty.
    ///
    /// - Parameters:
    ///   - source: A directory; `O_PATH` is enough.
    ///   - target: The root of a file system that nobody else uses; `O_PATH` is enough.
    ///   - depthLimit: Directories inside one another that are copied at most, itself included; not more than
    ///     ``deepest``.
    /// - Throws: The first call that failed. Attributes that the process may not set, or that the target's file system
    ///   does not have, are left out.
    package static func copy(
        from source: CInt,
        to target: CInt,
        depthLimit: Int = deepest
    ) throws(Interpreter.StepError) {
        // A descriptor for each level may be more than the soft limit allows.
        var limit = clinux_rlimit()
        unsafe try check(clinux_prlimit(0, CLINUX_RLIMIT_NOFILE, nil, &limit), .prlimit)
        var raised = clinux_rlimit(soft: limit.hard, hard: limit.hard)
        unsafe try check(clinux_prlimit(0, CLINUX_RLIMIT_NOFILE, &raised, nil), .prlimit)
        var copier = try TreeCopier(from: source, to: target, depthLimit: min(depthLimit, deepest))
        try copier.run()
        unsafe try check(clinux_prlimit(0, CLINUX_RLIMIT_NOFILE, &limit, nil), .prlimit)
    }

    private init(from source: CInt, to target: CInt, depthLimit: Int) throws(Interpreter.StepError) {
        let flags = CLINUX_PROT_READ | CLINUX_PROT_WRITE
        let address = try Self.check(
            clinux_mmap(Self.memorySize, flags, CLINUX_MAP_PRIVATE | CLINUX_MAP_ANONYMOUS, -1),
            .plan
        )
        guard let memory = unsafe UnsafeMutablePointer<UInt8>(bitPattern: address) else {
            throw Interpreter.StepError(CLINUX_ENOMEM, .plan)
        }
        unsafe self.memory = unsafe memory
        self.depthLimit = depthLimit
        targetRoot = unsafe try Self.openDirectory(target, ".")
        sourceRoot = unsafe try Self.openDirectory(source, ".")
        self.target = unsafe try Self.openDirectory(targetRoot, ".")
        unsafe sources[0] = sourceRoot
    }

    private mutating func run() throws(Interpreter.StepError) {
        while true {
            let count = unsafe try Self.check(clinux_getdents64(source, entries, Self.entriesSize), .readDirectory)
            if count > 0 {
                try copyEntries(count)
            } else if depth > 0 {
                try leave()
            } else {
                break
            }
        }
        try removeLinks()
        _ = clinux_close(sourceRoot)
        _ = clinux_close(targetRoot)
        _ = clinux_close(target)
        _ = unsafe clinux_munmap(Int(bitPattern: memory), Self.memorySize)
    }

    /// Copies entries up to the first directory, which is entered: what is left is read again afterwards.
    private mutating func copyEntries(_ count: Int) throws(Interpreter.StepError) {
        var position = 0
        while position < count {
            // struct linux_dirent64: inode, offset of the next one, length, type, name.
            let record = unsafe UnsafeRawPointer(entries + position)
            let length = Int(unsafe record.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
            let name = unsafe (record + 19).assumingMemoryBound(to: CChar.self)
            if unsafe !Self.isDots(name), unsafe try copy(name) {
                let next = unsafe record.loadUnaligned(fromByteOffset: 8, as: Int64.self)
                unsafe try Self.check(clinux_lseek(sources[depth - 1], next, CLINUX_SEEK_SET), .readDirectory)
                return
            }
            position += length
        }
    }

    /// Copies one entry; `true` when it is a directory that was entered.
    private mutating func copy(_ name: UnsafePointer<CChar>) throws(Interpreter.StepError) -> Bool {
        var status = clinux_statx()
        unsafe try Self.check(Self.status(source, name, &status), .status)
        let kind = CInt(status.mode) & CLINUX_S_IFMT
        if kind == CLINUX_S_IFDIR {
            unsafe try enter(name)
            return true
        }
        if status.link_count > 1, unsafe try link(name, status) { return false }
        if kind == CLINUX_S_IFREG {
            unsafe try copyFile(name)
        } else {
            unsafe try copyNode(name, status, kind)
        }
        if status.link_count > 1 {
            unsafe try Self.check(clinux_linkat(target, name, links, text, 0), .link)
        }
        return false
    }

    private mutating func enter(_ name: UnsafePointer<CChar>) throws(Interpreter.StepError) {
        guard depth + 1 < depthLimit else { throw Interpreter.StepError(CLINUX_ENAMETOOLONG, .readDirectory) }
        let child = unsafe try Self.openDirectory(source, name)
        unsafe try Self.check(clinux_mkdirat(target, name, 0o700), .mkdir)
        let made = unsafe try Self.openDirectory(target, name)
        _ = clinux_close(target)
        target = made
        depth += 1
        unsafe sources[depth] = child
    }

    /// Goes back to the parent. A directory gets its attributes last: filling it changes its times.
    private mutating func leave() throws(Interpreter.StepError) {
        var status = clinux_statx()
        unsafe try Self.check(Self.status(source, "", &status), .status)
        try copyAttributes(source, target, status)
        _ = clinux_close(source)
        depth -= 1
        let parent = unsafe try Self.openDirectory(target, "..")
        _ = clinux_close(target)
        target = parent
    }

    private mutating func copyFile(_ name: UnsafePointer<CChar>) throws(Interpreter.StepError) {
        let flags = CLINUX_O_NOFOLLOW | CLINUX_O_CLOEXEC
        let file = unsafe try Self.check(
            clinux_openat(source, name, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK | CLINUX_O_NOCTTY | flags, 0),
            .open
        )
        var status = clinux_statx()
        unsafe try Self.check(Self.status(file, "", &status), .status)
        // Something else may be there by now.
        guard CInt(status.mode) & CLINUX_S_IFMT == CLINUX_S_IFREG else {
            throw Interpreter.StepError(CLINUX_EBUSY, .open)
        }
        let copy = unsafe try Self.check(
            clinux_openat(target, name, CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL | flags, 0o600),
            .createTarget
        )
        try copyContent(file, copy)
        try copyAttributes(file, copy, status)
        _ = clinux_close(file)
        _ = clinux_close(copy)
    }

    /// Copies the parts that have data; what is between them stays a hole.
    private func copyContent(_ file: CInt, _ copy: CInt) throws(Interpreter.StepError) {
        var start: Int64 = 0
        while true {
            let data = clinux_lseek(file, start, CLINUX_SEEK_DATA)
            if data == -Int(CLINUX_ENXIO) { break }
            start = Int64(try Self.check(data, .read))
            let end = Int64(try Self.check(clinux_lseek(file, start, CLINUX_SEEK_HOLE), .read))
            while start < end {
                let most = Int(min(end - start, Int64(Self.valueSize)))
                let count = unsafe try Self.check(clinux_pread(file, value, most, start), .read)
                if count == 0 { break }
                var written = 0
                while written < count {
                    written += unsafe try Self.check(
                        clinux_pwrite(copy, value + written, count - written, start + Int64(written)),
                        .write
                    )
                }
                start += Int64(count)
            }
            // Shorter than it was: the end is near.
            if start < end { break }
        }
        let size = try Self.check(clinux_lseek(file, 0, CLINUX_SEEK_END), .read)
        try Self.check(clinux_ftruncate(copy, Int64(size)), .write)
    }

    /// Makes a symbolic link, a FIFO, a socket or a device.
    private func copyNode(
        _ name: UnsafePointer<CChar>,
        _ status: clinux_statx,
        _ kind: CInt
    ) throws(Interpreter.StepError) {
        if kind == CLINUX_S_IFLNK {
            // The text of links to be is in use; that of attributes is free.
            let length = unsafe try Self.check(
                clinux_readlinkat(source, name, names, Self.valueSize - 1),
                .readLink
            )
            unsafe names[length] = 0
            unsafe try Self.check(clinux_symlinkat(names, target, name), .symlink)
        } else {
            let device = clinux_makedev(status.rdev_major, status.rdev_minor)
            unsafe try Self.check(clinux_mknodat(target, name, UInt32(status.mode), device), .mknod)
        }
        unsafe try Self.check(
            clinux_fchownat(target, name, status.uid, status.gid, CLINUX_AT_SYMLINK_NOFOLLOW),
            .chown
        )
        if kind != CLINUX_S_IFLNK {
            unsafe try Self.check(clinux_fchmodat(target, name, UInt32(status.mode) & 0o7777), .chmod)
        }
        var times = Self.times(status)
        let result = unsafe withUnsafePointer(to: &times) {
            unsafe UnsafeRawPointer($0).withMemoryRebound(to: clinux_timespec.self, capacity: 2) {
                unsafe clinux_utimensat(target, name, $0, CLINUX_AT_SYMLINK_NOFOLLOW)
            }
        }
        try Self.check(result, .setTimes)
    }

    /// Owner before mode and attributes: a change of it takes set-user-ID bits and capabilities away.
    private func copyAttributes(
        _ file: CInt,
        _ copy: CInt,
        _ status: clinux_statx
    ) throws(Interpreter.StepError) {
        try Self.check(clinux_fchown(copy, status.uid, status.gid), .chown)
        try Self.check(clinux_fchmod(copy, UInt32(status.mode) & 0o7777), .chmod)
        try copyExtendedAttributes(file, copy)
        var times = Self.times(status)
        let result = unsafe withUnsafePointer(to: &times) {
            unsafe UnsafeRawPointer($0).withMemoryRebound(to: clinux_timespec.self, capacity: 2) {
                unsafe clinux_futimens(copy, $0)
            }
        }
        try Self.check(result, .setTimes)
    }

    private func copyExtendedAttributes(_ file: CInt, _ copy: CInt) throws(Interpreter.StepError) {
        let count = unsafe clinux_flistxattr(file, names, Self.valueSize)
        if count == -Int(CLINUX_EOPNOTSUPP) { return }
        try Self.check(count, .attribute)
        var start = 0
        while start < count {
            let name = unsafe names + start
            let size = unsafe clinux_fgetxattr(file, name, value, Self.valueSize)
            if size >= 0 {
                let result = unsafe clinux_fsetxattr(copy, name, value, size, 0)
                if result != -CLINUX_EOPNOTSUPP && result != -CLINUX_EPERM { try Self.check(result, .attribute) }
            } else if size != -Int(CLINUX_ENODATA) && size != -Int(CLINUX_EOPNOTSUPP) {
                try Self.check(size, .attribute)
            }
            while unsafe names[start] != 0 { start += 1 }
            start += 1
        }
    }
}

/// Hard links: a directory of the target holds a name of every file that has several, made of its device and inode.
extension TreeCopier {
    /// Makes one more name of a file that was copied already; `false` when it is new. The name among the links is in
    /// the text afterwards.
    private mutating func link(
        _ name: UnsafePointer<CChar>,
        _ status: clinux_statx
    ) throws(Interpreter.StepError) -> Bool {
        if links < 0 { try makeLinks() }
        unsafe writeDigits(UInt64(status.dev_major) << 32 | UInt64(status.dev_minor), at: text)
        unsafe writeDigits(status.inode, at: text + 16)
        unsafe text[32] = 0
        let result = unsafe clinux_linkat(links, text, target, name, 0)
        if result == -CLINUX_ENOENT { return false }
        try Self.check(result, .link)
        return true
    }

    private func writeDigits(_ number: UInt64, at place: UnsafeMutablePointer<CChar>) {
        for index in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: number >> (4 * UInt64(15 - index))) & 15
            unsafe place[index] = CChar(digit < 10 ? digit + 48 : digit + 87)
        }
    }

    /// The name of the directory of links: a control byte, so that hardly anybody has it, and a number.
    private func writeLinksName() {
        unsafe text[0] = 1
        unsafe text[1] = CChar(bitPattern: linksNumber + 1)
        unsafe text[2] = 0
    }

    private mutating func makeLinks() throws(Interpreter.StepError) {
        while true {
            writeLinksName()
            var status = clinux_statx()
            let taken = unsafe Self.status(sourceRoot, text, &status)
            if taken == -CLINUX_ENOENT { break }
            try Self.check(taken, .status)
            guard linksNumber < 100 else { throw Interpreter.StepError(CLINUX_EEXIST, .link) }
            linksNumber += 1
        }
        unsafe try Self.check(clinux_mkdirat(targetRoot, text, 0o700), .mkdir)
        links = unsafe try Self.openDirectory(targetRoot, text)
    }

    private mutating func removeLinks() throws(Interpreter.StepError) {
        if links < 0 { return }
        while true {
            // From the start each time: what was read is gone.
            try Self.check(clinux_lseek(links, 0, CLINUX_SEEK_SET), .readDirectory)
            let count = unsafe try Self.check(clinux_getdents64(links, entries, Self.entriesSize), .readDirectory)
            var position = 0
            var removed = 0
            while position < count {
                let record = unsafe UnsafeRawPointer(entries + position)
                let name = unsafe (record + 19).assumingMemoryBound(to: CChar.self)
                if unsafe !Self.isDots(name) {
                    unsafe try Self.check(clinux_unlinkat(links, name, 0), .link)
                    removed += 1
                }
                position += Int(unsafe record.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
            }
            if removed == 0 { break }
        }
        _ = clinux_close(links)
        writeLinksName()
        unsafe try Self.check(clinux_unlinkat(targetRoot, text, CLINUX_AT_REMOVEDIR), .link)
    }
}

extension TreeCopier {
    @discardableResult
    private static func check<Value: FixedWidthInteger & SignedInteger>(
        _ result: Value,
        _ detail: StepDetail
    ) throws(Interpreter.StepError) -> Value {
        if result < 0 { throw Interpreter.StepError(CInt(truncatingIfNeeded: -result), detail) }
        return result
    }

    @unsafe private static func openDirectory(
        _ parent: CInt,
        _ name: UnsafePointer<CChar>
    ) throws(Interpreter.StepError) -> CInt {
        let flags = CLINUX_O_RDONLY | CLINUX_O_DIRECTORY | CLINUX_O_NOFOLLOW | CLINUX_O_CLOEXEC
        return unsafe try check(clinux_openat(parent, name, flags, 0), .open)
    }

    /// The status of a name, or with an empty one that of the descriptor; no link is followed.
    @unsafe private static func status(
        _ directory: CInt,
        _ name: UnsafePointer<CChar>,
        _ status: UnsafeMutablePointer<clinux_statx>
    ) -> CInt {
        unsafe clinux_statx(
            directory,
            name,
            CLINUX_AT_SYMLINK_NOFOLLOW | CLINUX_AT_EMPTY_PATH | CLINUX_AT_NO_AUTOMOUNT,
            UInt32(CLINUX_STATX_BASIC_STATS),
            status
        )
    }

    @unsafe private static func isDots(_ name: UnsafePointer<CChar>) -> Bool {
        guard unsafe name[0] == 46 else { return false }
        return unsafe name[1] == 0 || (name[1] == 46 && name[2] == 0)
    }

    private static func times(_ status: clinux_statx) -> (clinux_timespec, clinux_timespec) {
        (
            clinux_timespec(
                seconds: status.access_time.seconds,
                nanoseconds: Int64(status.access_time.nanoseconds)
            ),
            clinux_timespec(
                seconds: status.modification_time.seconds,
                nanoseconds: Int64(status.modification_time.nanoseconds)
            )
        )
    }
}
