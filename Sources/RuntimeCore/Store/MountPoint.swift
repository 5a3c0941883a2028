// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// A directory of the host that something is mounted at.
struct MountPoint {
    /// Its absolute path without symbolic links.
    let path: FilePath

    init(_ directory: FilePath) throws(ContainerStoreError) {
        path = try about("open \(directory)") { () throws(SystemCallError) in
            let opened = try OwnedFileDescriptor.open(directory, CLINUX_O_PATH | CLINUX_O_DIRECTORY)
            guard let path = try RootDirectory(at: "/proc/self/fd").readLink(FilePath("\(opened.rawValue)")) else {
                throw SystemCallError(call: "readlinkat", path: directory, errno: .noSuchFileOrDirectory)
            }
            return FilePath(bytes: path)
        }
    }

    /// Attaches a mount, which gets read-only, without device nodes and setuid.
    func attach(_ mount: borrowing OwnedFileDescriptor) throws(SystemCallError) {
        let number = mount.rawValue
        let attributes = UInt64(CLINUX_MOUNT_ATTR_RDONLY | CLINUX_MOUNT_ATTR_NOSUID | CLINUX_MOUNT_ATTR_NODEV)
        try systemCall("mount_setattr", path: path) {
            unsafe clinux_mount_setattr(number, "", UInt32(CLINUX_AT_EMPTY_PATH), attributes, 0, 0, 0)
        }
        try systemCall("move_mount", path: path) {
            path.withCString {
                unsafe clinux_move_mount(number, "", CLINUX_AT_FDCWD, $0, UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH))
            }
        }
    }

    /// What is mounted where the directory is, as the kernel's table has it.
    func entry() throws(SystemCallError) -> MountInfoEntry {
        let number = try OwnedFileDescriptor.open(path, CLINUX_O_PATH | CLINUX_O_DIRECTORY).status().mountID
        guard let entry = try MountInfoEntry.current().first(where: { $0.mountID == number }) else {
            throw SystemCallError(call: "read", path: "/proc/self/mountinfo", errno: .noSuchFileOrDirectory)
        }
        return entry
    }

    /// Unmounts what is mounted at the directory itself.
    func detach() throws(SystemCallError) {
        try systemCall("umount2", path: path) { path.withCString { unsafe clinux_umount2($0, CLINUX_UMOUNT_NOFOLLOW) } }
    }
}
