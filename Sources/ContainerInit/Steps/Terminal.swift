// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    /// Opens a terminal of the root's own devpts and makes it the controlling terminal and the standard streams.
    ///
    /// The other side is opened through the terminal itself (`TIOCGPTPEER`), never by a path that the container could
    /// have prepared, and `/dev/ptmx` must be the device 5:2.
    func openTerminal(rows: UInt32, columns: UInt32, bindConsole: Bool) throws(StepError) {
        let flags = CLINUX_O_RDWR | CLINUX_O_NOCTTY
        let main = unsafe try check(
            openInRootOrHere("dev/pts/ptmx", flags: flags),
            .open
        )
        defer { _ = clinux_close(main) }
        var status = clinux_statx()
        unsafe try check(clinux_statx(main, "", CLINUX_AT_EMPTY_PATH, UInt32(CLINUX_STATX_TYPE), &status), .open)
        guard CInt(status.mode) & CLINUX_S_IFMT == CLINUX_S_IFCHR, status.rdev_major == 5, status.rdev_minor == 2 else {
            throw StepError(CLINUX_ENODEV, .open)
        }
        var unlocked: CInt = 0
        unsafe try check(clinux_ioctl(main, UInt(CLINUX_TIOCSPTLCK), &unlocked), .ioctl)
        let peer = try check(clinux_ioctl_value(main, UInt(CLINUX_TIOCGPTPEER), Int(flags | CLINUX_O_CLOEXEC)), .ioctl)
        defer { _ = clinux_close(peer) }
        if rows | columns != 0 {
            var size = clinux_winsize(
                rows: UInt16(truncatingIfNeeded: rows),
                columns: UInt16(truncatingIfNeeded: columns),
                x_pixels: 0,
                y_pixels: 0
            )
            unsafe try check(clinux_ioctl(main, UInt(CLINUX_TIOCSWINSZ), &size), .ioctl)
        }
        if bindConsole { try bindToConsole(peer) }
        try check(clinux_ioctl_value(peer, UInt(CLINUX_TIOCSCTTY), 0), .ioctl)
        for stream in CInt(0)...2 { try check(clinux_dup3(peer, stream, 0), .open) }
        try send(Report(.terminal, instruction: index), passing: main)
    }

    private func openInRootOrHere(_ path: UnsafePointer<CChar>, flags: CInt) -> CInt {
        if root >= 0 { return unsafe openInRoot(path, flags: flags, resolve: Self.noSymlinks) }
        return unsafe clinux_openat2(
            CLINUX_AT_FDCWD,
            path,
            UInt64(UInt32(bitPattern: flags | CLINUX_O_CLOEXEC)),
            0,
            Self.noSymlinks
        )
    }

    /// Attaches the terminal at `/dev/console`, which is made when it is missing and must not be a link.
    private func bindToConsole(_ peer: CInt) throws(StepError) {
        var place = unsafe openInRoot("dev/console", flags: CLINUX_O_PATH | CLINUX_O_NOFOLLOW, resolve: Self.noSymlinks)
        if place == -CLINUX_ENOENT {
            let device = unsafe try check(
                openInRoot("dev", flags: CLINUX_O_PATH | CLINUX_O_DIRECTORY, resolve: Self.noSymlinks),
                .openTarget
            )
            defer { _ = clinux_close(device) }
            place = unsafe clinux_openat(
                device,
                "console",
                CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL | CLINUX_O_NOFOLLOW | CLINUX_O_CLOEXEC,
                0o600
            )
        }
        try check(place, .openTarget)
        defer { _ = clinux_close(place) }
        let flags = CLINUX_OPEN_TREE_CLONE | CLINUX_OPEN_TREE_CLOEXEC | CLINUX_AT_EMPTY_PATH
        let tree = unsafe try check(clinux_open_tree(peer, "", UInt32(flags)), .openTree)
        defer { _ = clinux_close(tree) }
        unsafe try check(
            clinux_move_mount(
                tree,
                "",
                place,
                "",
                UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH | CLINUX_MOVE_MOUNT_T_EMPTY_PATH)
            ),
            .moveMount
        )
    }
}
