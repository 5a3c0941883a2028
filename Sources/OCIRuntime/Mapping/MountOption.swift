// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit

/// What a mount option of the specification means; any other option is for the file system.
///
/// Specification: OCI runtime-spec 1.3, config.md, "Linux mount options".
enum MountOption: Hashable, Sendable {
    /// Sets an attribute of the mount.
    case set(MountFlags, recursive: Bool)
    /// Clears an attribute of the mount.
    case clear(MountFlags, recursive: Bool)
    /// Chooses how access times are kept; no flag stands for `relatime`.
    case accessTime(MountFlags, recursive: Bool)
    /// Attaches a directory or file of the host.
    case bind(recursive: Bool)
    /// Changes what is mounted at the destination.
    case remount
    /// Chooses how mount events travel.
    case propagation(MountPropagation)
    /// Sets a flag of the file system itself, by the name that fsconfig(2) has for it.
    case superblock(String)
    /// Asks for what is the case with or without it.
    case satisfied
    /// File system versions of files, which ext4 has an option for and others do, or do not do, by themselves.
    case fileVersions
    /// Shows owners of files by a mapping.
    case map(recursive: Bool)
    /// A new tmpfs starts with a copy of what it hides.
    case copyContent
    /// Known and not applied here.
    case unsupported(String)

    /// Finds an option by its name.
    init?(name: String) {
        if let known = Self.table[name] {
            self = known
        } else if name.hasPrefix("idmap=") || name.hasPrefix("ridmap=") {
            self = .unsupported("ranges are given by uidMappings and gidMappings of the mount, not in the option")
        } else {
            return nil
        }
    }

    /// The names of the options that are applied, sorted, as a `features` document lists them.
    static var names: [String] {
        table.filter { entry in
            if case .unsupported = entry.value { false } else { true }
        }.keys.sorted()
    }

    private static let table: [String: MountOption] = {
        var table: [String: MountOption] = [
            "bind": .bind(recursive: false), "rbind": .bind(recursive: true), "remount": .remount,
            "sync": .superblock("sync"), "async": .superblock("async"), "dirsync": .superblock("dirsync"),
            "mand": .superblock("mand"), "nomand": .superblock("nomand"), "lazytime": .superblock("lazytime"),
            "nolazytime": .superblock("nolazytime"),
            // Messages of fsconfig(2) go to whoever mounts, never to the kernel's log.
            "defaults": .satisfied, "silent": .satisfied, "loud": .satisfied,
            "iversion": .fileVersions, "noiversion": .satisfied,
            // As in mount(2), only strictatime ends what is the kernel's default.
            "norelatime": .satisfied, "rnorelatime": .satisfied,
            "idmap": .map(recursive: false), "ridmap": .map(recursive: true),
            // Extensions of crun.
            "src-nofollow": .unsupported("a symbolic link cannot be mounted"),
            "dest-nofollow": .unsupported("mounting on a symbolic link is not supported"),
            "copy-symlink": .unsupported("making a symbolic link in the place of a mount is not supported"),
            "tmpcopyup": .copyContent,
        ]
        for kind in [MountPropagation.Kind.shared, .slave, .private, .unbindable] {
            table[kind.rawValue] = .propagation(MountPropagation(kind))
            table["r" + kind.rawValue] = .propagation(MountPropagation(kind, recursive: true))
        }
        for (set, clear, flag) in [
            ("ro", "rw", MountFlags.readOnly), ("nosuid", "suid", .noSetuid), ("nodev", "dev", .noDevices),
            ("noexec", "exec", .noExecution), ("nodiratime", "diratime", .noDirectoryAccessTimes),
            ("nosymfollow", "symfollow", .noSymlinkFollowing),
        ] {
            for (prefix, recursive) in [("", false), ("r", true)] {
                table[prefix + set] = .set(flag, recursive: recursive)
                table[prefix + clear] = .clear(flag, recursive: recursive)
            }
        }
        for (name, flag) in [
            ("noatime", MountFlags.noAccessTimes), ("strictatime", .strictAccessTimes), ("relatime", []), ("atime", []),
            ("nostrictatime", []),
        ] {
            table[name] = .accessTime(flag, recursive: false)
            table["r" + name] = .accessTime(flag, recursive: true)
        }
        return table
    }()
}
