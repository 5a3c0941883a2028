// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// What decides where the caller's state is kept by default.
struct UserDirectory: Hashable, Sendable {
    /// The caller's effective user.
    var uid: UInt32
    /// Whether the caller is in a user namespace of somebody's.
    var isInUserNamespace: Bool
    /// `$USER`.
    var name: String?
    /// `$XDG_RUNTIME_DIR`.
    var runtimeDirectory: String?

    /// This process's.
    static var current: UserDirectory {
        // Without procfs nobody can tell, and root is taken for root.
        let map = (try? OwnedFileDescriptor.open("/proc/self/uid_map", CLINUX_O_RDONLY).readAll(limit: 4096)) ?? []
        return UserDirectory(
            uid: clinux_geteuid(),
            isInUserNamespace: isInUserNamespace(map: map),
            name: ProcessEnvironment.value(of: "USER"),
            runtimeDirectory: ProcessEnvironment.value(of: "XDG_RUNTIME_DIR")
        )
    }

    /// The first namespace maps every identifier to itself, in one line.
    static func isInUserNamespace(map: [UInt8]) -> Bool {
        let words = String(decoding: map, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        return !map.isEmpty && words != ["0", "0", "4294967295"]
    }

    private var isRoot: Bool { uid == 0 && (!isInUserNamespace || name == "root") }

    /// Whether the state is in the runtime directory, whose old files may be removed by others.
    var isTidied: Bool { !isRoot && runtimeDirectory?.hasPrefix("/") == true }

    /// The directory.
    var stateRoot: FilePath {
        if isRoot { return "/run/skiff" }
        if isTidied, let runtimeDirectory { return FilePath(runtimeDirectory).appending("skiff") }
        return uid == 0 ? "/run/skiff" : FilePath("/tmp/skiff-\(uid)")
    }
}
