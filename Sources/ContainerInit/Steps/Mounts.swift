// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    mutating func executeMount(_ instruction: MappedInstruction) throws(StepError) {
        switch instruction {
        case .setPropagation(let propagation):
            unsafe try check(
                clinux_mount_setattr(CLINUX_AT_FDCWD, "/", UInt32(CLINUX_AT_RECURSIVE), 0, 0, propagation, 0),
                .mountSetattr
            )
        case .attachRoot(let source, let attributes, let place): try attachRoot(source, attributes, place)
        case .mountFileSystem(let type, let options, let target, let attributes, let inheritance):
            try mountFileSystem(type, options, target, attributes, inheritance)
        case .bindMount(let source, let target, let attributes): try bindMount(source, target, attributes)
        case .setMountAttributes(let path, let attributes):
            let mount = unsafe try check(
                openInRoot(reader.pointer(path), flags: CLINUX_O_PATH, resolve: Self.inRoot),
                .openTarget
            )
            defer { _ = clinux_close(mount) }
            try apply(attributes, to: mount)
        case .reconfigure(let path, let options): try reconfigure(path, options)
        case .makeDevice(let path, let mode, let major, let minor, let uid, let gid):
            try makeDevice(path, mode: mode, device: clinux_makedev(major, minor), uid: uid, gid: gid)
        case .makeDirectory(let path, let mode): try create(path, kind: .directory, mode: mode)
        case .makeSymlink(let path, let destination):
            let result = unsafe try withParent(path) { unsafe clinux_symlinkat(reader.pointer(destination), $0, $1) }
            if result != -CLINUX_EEXIST { try check(result, .symlink) }
        case .setContext(let path, let context): try setContext(path, context)
        case .prepareMasks(let options): try prepareMasks(options)
        case .mask(let path): try mask(path)
        case .makeReadOnly(let path): try makeReadOnly(path)
        case .pivotRoot: try pivotRoot()
        case .holdRoot(let source, let attributes): try holdRoot(source, attributes)
        case .detachMount(let path): try detachMount(path)
        case .enterRoot: try enterRoot()
        default: throw StepError(CLINUX_EPROTO, .plan)
        }
    }

    /// The root is attached on top of the current one: no name on the host is needed, and nothing remains of it. For
    /// hooks, which know it by its name in the bundle and mount there, it is attached at that name; where the name does
    /// not lead there in this user namespace, on top after all.
    private mutating func attachRoot(
        _ source: TreeSource<MappedStorage>,
        _ attributes: MountAttributes,
        _ place: MappedText
    ) throws(StepError) {
        let tree = try open(source)
        try apply(attributes, to: tree)
        let flags = UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH)
        var attached = -CLINUX_ENOENT
        if place.count > 0 {
            attached = unsafe clinux_move_mount(tree, "", CLINUX_AT_FDCWD, reader.pointer(place), flags)
        }
        if attached < 0 {
            unsafe try check(clinux_move_mount(tree, "", CLINUX_AT_FDCWD, "/", flags), .moveMount)
        }
        root = tree
    }

    func open(_ source: TreeSource<MappedStorage>) throws(StepError) -> CInt {
        switch source {
        case .slot(let slot): return descriptor(slot)
        case .path(let path, let recursive):
            let flags = UInt32(
                CLINUX_OPEN_TREE_CLONE | CLINUX_OPEN_TREE_CLOEXEC | (recursive ? CLINUX_AT_RECURSIVE : 0)
            )
            let tree = unsafe try check(clinux_open_tree(CLINUX_AT_FDCWD, reader.pointer(path), flags), .openTree)
            // Our mounts are no peers of the host's, so neither is a copy of them.
            return tree
        }
    }

    func apply(_ attributes: MountAttributes, to mount: CInt) throws(StepError) {
        if attributes.recursiveSet | attributes.recursiveClear | attributes.recursivePropagation != 0 {
            unsafe try check(
                clinux_mount_setattr(
                    mount,
                    "",
                    UInt32(CLINUX_AT_EMPTY_PATH | CLINUX_AT_RECURSIVE),
                    attributes.recursiveSet,
                    attributes.recursiveClear,
                    attributes.recursivePropagation,
                    0
                ),
                .mountSetattr
            )
        }
        if attributes.set | attributes.clear | attributes.propagation != 0 {
            unsafe try check(
                clinux_mount_setattr(
                    mount,
                    "",
                    UInt32(CLINUX_AT_EMPTY_PATH),
                    attributes.set,
                    attributes.clear,
                    attributes.propagation,
                    0
                ),
                .mountSetattr
            )
        }
    }

    private func mountFileSystem(
        _ type: MappedText,
        _ options: MappedList,
        _ target: MountTarget<MappedStorage>,
        _ attributes: MountAttributes,
        _ inheritance: Inheritance
    ) throws(StepError) {
        let (place, isNew) = try openTarget(target)
        defer { _ = clinux_close(place) }
        let context = unsafe try check(clinux_fsopen(reader.pointer(type), UInt32(CLINUX_FSOPEN_CLOEXEC)), .fsopen)
        defer { _ = clinux_close(context) }
        if inheritance.contains(.mode) && !isNew { try configureMode(context, of: place) }
        try reader.forEach(options) { (option: MappedText) throws(StepError) in
            try configure(context, option)
        }
        try check(clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_CMD_CREATE), nil, nil, 0), .fsconfig)
        let readOnly = UInt64(CLINUX_MOUNT_ATTR_RDONLY)
        let isFilled = inheritance.contains(.content) && !isNew
        let atFirst = isFilled ? attributes.set & ~readOnly : attributes.set
        let mount = try check(
            clinux_fsmount(context, UInt32(CLINUX_FSMOUNT_CLOEXEC), UInt32(truncatingIfNeeded: atFirst)),
            .fsmount
        )
        defer { _ = clinux_close(mount) }
        if isFilled {
            try TreeCopier.copy(from: place, to: mount)
            try apply(MountAttributes(set: attributes.set & readOnly), to: mount)
        }
        if attributes.propagation | attributes.recursivePropagation != 0 {
            try apply(MountAttributes(propagation: attributes.propagation | attributes.recursivePropagation), to: mount)
        }
        try move(mount, onto: place)
    }

    /// Gives the file system's root the permissions of the directory that it hides.
    private func configureMode(_ context: CInt, of place: CInt) throws(StepError) {
        var status = clinux_statx()
        unsafe try check(
            clinux_statx(place, "", CLINUX_AT_EMPTY_PATH, UInt32(CLINUX_STATX_MODE), &status),
            .status
        )
        for index in 0..<4 { unsafe scratch[index] = 48 + UInt8(status.mode >> UInt16(9 - 3 * index) & 7) }
        unsafe scratch[4] = 0
        unsafe try check(
            clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_SET_STRING), "mode", scratch, 0),
            .fsconfig
        )
    }

    /// Hands one `key=value` or `flag` option to the file system.
    private func configure(_ context: CInt, _ option: MappedText) throws(StepError) {
        let text = unsafe UnsafeRawPointer(reader.pointer(option)).assumingMemoryBound(to: UInt8.self)
        var equals = 0
        while equals < option.count, unsafe text[equals] != UInt8(ascii: "=") { equals += 1 }
        guard equals < Self.pathCapacity else { throw StepError(CLINUX_EINVAL, .fsconfig) }
        let key = unsafe UnsafeRawPointer(scratch).assumingMemoryBound(to: CChar.self)
        for index in 0..<equals { unsafe scratch[index] = unsafe text[index] }
        unsafe scratch[equals] = 0
        if equals == option.count {
            unsafe try check(clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_SET_FLAG), key, nil, 0), .fsconfig)
        } else {
            unsafe try check(
                clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_SET_STRING), key, text + equals + 1, 0),
                .fsconfig
            )
        }
    }

    private func reconfigure(_ path: MappedText, _ options: MappedList) throws(StepError) {
        let mount = unsafe try check(
            openInRoot(reader.pointer(path), flags: CLINUX_O_PATH, resolve: Self.inRoot),
            .openTarget
        )
        defer { _ = clinux_close(mount) }
        let flags = UInt32(CLINUX_FSPICK_CLOEXEC | CLINUX_FSPICK_EMPTY_PATH)
        let context = unsafe try check(clinux_fspick(mount, "", flags), .fspick)
        defer { _ = clinux_close(context) }
        try reader.forEach(options) { (option: MappedText) throws(StepError) in try configure(context, option) }
        try check(clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_CMD_RECONFIGURE), nil, nil, 0), .fsconfig)
    }

    /// Labels the root of a file system whose superblock was there before anybody could say its context.
    private func setContext(_ path: MappedText, _ context: MappedText) throws(StepError) {
        let directory = unsafe try check(
            openInRoot(reader.pointer(path), flags: CLINUX_O_RDONLY | CLINUX_O_DIRECTORY, resolve: Self.inRoot),
            .openTarget
        )
        defer { _ = clinux_close(directory) }
        // As libselinux does, the byte that ends the text is part of the value.
        unsafe try check(
            clinux_fsetxattr(directory, "security.selinux", reader.pointer(context), Int(context.count) + 1, 0),
            .attribute
        )
    }

    private func bindMount(
        _ source: TreeSource<MappedStorage>,
        _ target: MountTarget<MappedStorage>,
        _ attributes: MountAttributes
    ) throws(StepError) {
        let tree = try open(source)
        defer { _ = clinux_close(tree) }
        try apply(attributes, to: tree)
        try attach(tree, at: target)
    }

    private func attach(_ mount: CInt, at target: MountTarget<MappedStorage>) throws(StepError) {
        let (place, _) = try openTarget(target)
        defer { _ = clinux_close(place) }
        try move(mount, onto: place)
    }

    private func move(_ mount: CInt, onto place: CInt) throws(StepError) {
        unsafe try check(
            clinux_move_mount(
                mount,
                "",
                place,
                "",
                UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH | CLINUX_MOVE_MOUNT_T_EMPTY_PATH)
            ),
            .moveMount
        )
    }

    /// Makes a node. One of the same device that is there already, as in a root that a container ran in before, stays as
    /// it is.
    private func makeDevice(
        _ path: MappedText,
        mode: UInt32,
        device: UInt64,
        uid: UInt32,
        gid: UInt32
    ) throws(StepError) {
        var step = StepDetail.mknod
        let result = unsafe try withParent(path) { parent, name in
            let made = unsafe clinux_mknodat(parent, name, mode, device)
            if made < 0 { return made }
            if uid | gid != 0 {
                step = .chown
                let owned = unsafe clinux_fchownat(parent, name, uid, gid, CLINUX_AT_SYMLINK_NOFOLLOW)
                if owned < 0 { return owned }
            }
            // mknodat(2) applies default ACLs of the directory; the node is ours and new, so its name still means it.
            step = .chmod
            return unsafe clinux_fchmodat(parent, name, mode & 0o7777)
        }
        if step == .mknod, result == -CLINUX_EEXIST, try isDevice(path, mode: mode, device: device) { return }
        try check(result, step)
    }

    private func isDevice(_ path: MappedText, mode: UInt32, device: UInt64) throws(StepError) -> Bool {
        let node = unsafe try withParent(path) {
            unsafe clinux_openat($0, $1, CLINUX_O_PATH | CLINUX_O_NOFOLLOW | CLINUX_O_CLOEXEC, 0)
        }
        try check(node, .openTarget)
        defer { _ = clinux_close(node) }
        var status = clinux_statx()
        unsafe try check(
            clinux_statx(node, "", CLINUX_AT_EMPTY_PATH, UInt32(CLINUX_STATX_TYPE), &status),
            .status
        )
        return CInt(status.mode) & CLINUX_S_IFMT == CInt(bitPattern: mode) & CLINUX_S_IFMT
            && clinux_makedev(status.rdev_major, status.rdev_minor) == device
    }

    /// One small tmpfs, attached below the future root so that the kernel lets us copy its parts, gives an empty
    /// directory and an empty file that nothing in the container can have prepared.
    private mutating func prepareMasks(_ options: MappedList) throws(StepError) {
        let context = unsafe try check(clinux_fsopen("tmpfs", UInt32(CLINUX_FSOPEN_CLOEXEC)), .fsopen)
        defer { _ = clinux_close(context) }
        unsafe try check(
            clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_SET_STRING), "source", "tmpfs", 0),
            .fsconfig
        )
        try reader.forEach(options) { (option: MappedText) throws(StepError) in try configure(context, option) }
        try check(clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_CMD_CREATE), nil, nil, 0), .fsconfig)
        let quiet = UInt32(CLINUX_MOUNT_ATTR_NOSUID | CLINUX_MOUNT_ATTR_NODEV | CLINUX_MOUNT_ATTR_NOEXEC)
        let mount = try check(clinux_fsmount(context, UInt32(CLINUX_FSMOUNT_CLOEXEC), quiet), .fsmount)
        unsafe try check(clinux_mkdirat(mount, "directory", 0o555), .mkdir)
        unsafe try check(clinux_mknodat(mount, "file", UInt32(CLINUX_S_IFREG) | 0o444, 0), .mknod)
        unsafe try check(
            clinux_mount_setattr(mount, "", UInt32(CLINUX_AT_EMPTY_PATH), UInt64(CLINUX_MOUNT_ATTR_RDONLY), 0, 0, 0),
            .mountSetattr
        )
        unsafe try check(
            clinux_move_mount(mount, "", CLINUX_AT_FDCWD, "/", UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH)),
            .moveMount
        )
        masks = mount
    }

    private func mask(_ path: MappedText) throws(StepError) {
        let place = unsafe openInRoot(
            reader.pointer(path),
            flags: CLINUX_O_PATH | CLINUX_O_NOFOLLOW,
            resolve: Self.inRoot
        )
        if place == -CLINUX_ENOENT || place == -CLINUX_ENOTDIR { return }
        try check(place, .openTarget)
        defer { _ = clinux_close(place) }
        var status = clinux_statx()
        unsafe try check(
            clinux_statx(place, "", CLINUX_AT_EMPTY_PATH, UInt32(CLINUX_STATX_TYPE), &status),
            .openTarget
        )
        let kind = CInt(status.mode) & CLINUX_S_IFMT
        if kind == CLINUX_S_IFLNK { throw StepError(CLINUX_ELOOP, .openTarget) }
        let name: StaticString = kind == CLINUX_S_IFDIR ? "directory" : "file"
        let cover = unsafe name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount + 1) {
            unsafe clinux_open_tree(masks, $0, UInt32(CLINUX_OPEN_TREE_CLONE | CLINUX_OPEN_TREE_CLOEXEC))
        }
        try check(cover, .openTree)
        defer { _ = clinux_close(cover) }
        try move(cover, onto: place)
    }

    private func makeReadOnly(_ path: MappedText) throws(StepError) {
        let place = unsafe openInRoot(
            reader.pointer(path),
            flags: CLINUX_O_PATH | CLINUX_O_NOFOLLOW,
            resolve: Self.inRoot
        )
        if place == -CLINUX_ENOENT || place == -CLINUX_ENOTDIR { return }
        try check(place, .openTarget)
        defer { _ = clinux_close(place) }
        let flags = CLINUX_OPEN_TREE_CLONE | CLINUX_OPEN_TREE_CLOEXEC | CLINUX_AT_EMPTY_PATH | CLINUX_AT_RECURSIVE
        let tree = unsafe try check(clinux_open_tree(place, "", UInt32(flags)), .openTree)
        defer { _ = clinux_close(tree) }
        try apply(MountAttributes(recursiveSet: UInt64(CLINUX_MOUNT_ATTR_RDONLY)), to: tree)
        try move(tree, onto: place)
    }

    /// Swaps the roots and lets go of the old one: afterwards no path leads to the host's tree.
    private func pivotRoot() throws(StepError) {
        try check(clinux_fchdir(root), .fchdir)
        unsafe try check(clinux_pivot_root(".", "."), .pivotRoot)
        // The old root is on top of the new one now, and so is what was mounted on top of the old one: the masks, and
        // whatever the host has there. "/.." leads to the top of the pile, and so does setns(2) for those who join.
        let own = unsafe try mountID(root, "", flags: CLINUX_AT_EMPTY_PATH)
        var attempts = 0
        while unsafe try mountID(CLINUX_AT_FDCWD, "/..", flags: 0) != own {
            attempts += 1
            if attempts > 1000 { throw StepError(CLINUX_EBUSY, .umount) }
            unsafe try check(clinux_umount2("/..", CLINUX_MNT_DETACH), .umount)
        }
        unsafe try check(clinux_chdir("/"), .chdir)
    }

    /// The mount that `path` leads to; `..` at the root leads to what lies on top of it.
    @unsafe private func mountID(
        _ directory: CInt,
        _ path: UnsafePointer<CChar>,
        flags: CInt
    ) throws(StepError) -> UInt64 {
        var status = clinux_statx()
        unsafe try check(clinux_statx(directory, path, flags, UInt32(CLINUX_STATX_MNT_ID), &status), .umount)
        // Without the number nobody can tell what is on top.
        guard status.mask & UInt32(CLINUX_STATX_MNT_ID) != 0 else { throw StepError(CLINUX_EOPNOTSUPP, .umount) }
        return status.mount_id
    }
}
