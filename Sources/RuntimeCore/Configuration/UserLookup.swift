// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import NamespaceKit
internal import SystemPackage

/// Looks users up in a container's root file system.
enum UserLookup {
    /// Who `specification` means in the tree `root`.
    ///
    /// The files are opened below the root, whatever symbolic links the image has in their way.
    static func identity(
        of specification: String,
        groups: [String],
        in root: MountTree
    ) throws(ContainerStoreError) -> UserIdentity {
        let database = try about("look up the user in the image") { () throws(SystemCallError) in
            let directory = RootDirectory(takingOver: try root.descriptor.duplicate())
            return UserDatabase(
                passwd: try file("etc/passwd", in: directory),
                group: try file("etc/group", in: directory)
            )
        }
        return try UserIdentity(specification, groups: groups, in: database)
    }

    /// A file's content; empty when it is missing, or no regular file: that is looked at first, since opening a device
    /// of the image's making can do something to the host.
    private static func file(
        _ path: FilePath,
        in root: borrowing RootDirectory
    ) throws(SystemCallError) -> [UInt8] {
        do throws(SystemCallError) {
            guard try root.open(path, CLINUX_O_PATH).status().kind == .regular else { return [] }
            let file = try root.open(path, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK | CLINUX_O_NOCTTY)
            guard try file.status().kind == .regular else { return [] }
            return try file.readAll(limit: 4 << 20)
        } catch {
            let isMissing = [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(error.errno)
            if isMissing { return [] }
            throw SystemCallError(call: error.call, path: path, errno: error.errno)
        }
    }
}
