// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// An overlay mount that is being configured (`fsconfig(2)`).
struct OverlayContext: ~Copyable {
    /// The kernel cuts strings in `fsconfig(2)` at this length, terminator included.
    private static let stringLimit = 256

    private let context: OwnedFileDescriptor

    init() throws(LayerUnpackError) {
        do throws(SystemCallError) {
            context = OwnedFileDescriptor(
                takingOver: try systemCall("fsopen", path: "overlay") {
                    unsafe clinux_fsopen("overlay", UInt32(CLINUX_FSOPEN_CLOEXEC))
                }
            )
        } catch {
            if error.errno.rawValue == CLINUX_ENODEV {
                throw LayerUnpackError(.overlayUnsupported, "mount overlay", detail: "the kernel has no overlayfs")
            }
            throw LayerUnpackError("mount overlay", error)
        }
    }

    func set(flag: String) throws(LayerUnpackError) {
        try configure(CLINUX_FSCONFIG_SET_FLAG, flag, value: nil, descriptor: 0)
    }

    /// Adds the layers, by descriptor (Linux 6.13), each by its path (6.5), or all in one string (before).
    func addLowers(_ paths: [FilePath]) throws(LayerUnpackError) {
        do throws(LayerUnpackError) {
            for path in paths { try set("lowerdir+", directory: path) }
        } catch {
            // An unknown option is EINVAL, as is much else: the first layer tells whether the option is known.
            guard error.errno == .invalidArgument else { throw error }
            var joined: [UInt8] = []
            for path in paths {
                if !joined.isEmpty { joined.append(UInt8(ascii: ":")) }
                for byte in path.bytes {
                    if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "\\") { joined.append(UInt8(ascii: "\\")) }
                    joined.append(byte)
                }
            }
            guard joined.count < Self.stringLimit else {
                throw LayerUnpackError(
                    .overlayUnsupported,
                    "mount overlay",
                    detail: "before Linux 6.5 the layers' paths may have 255 bytes together, these have \(joined.count)"
                )
            }
            try configure(CLINUX_FSCONFIG_SET_STRING, "lowerdir", value: joined, descriptor: 0)
        }
    }

    /// Adds a layer below those that were added before, its owners shown as a user namespace maps them.
    ///
    /// - Returns: The mapped mount, which has to live until the overlay is mounted.
    /// - Throws: ``LayerUnpackError``: `overlayUnsupported`, `systemCall`.
    func addLower(
        _ path: FilePath,
        mappedBy userNamespace: SharedDescriptor
    ) throws(LayerUnpackError) -> SharedDescriptor {
        let tree = try Self.map(path, by: userNamespace)
        try set("lowerdir+", ".", in: tree, path)
        return tree
    }

    /// Sets the writable part, owners stored as in the layers and shown as a user namespace maps them. The kernel wants
    /// both of its directories in one mount.
    ///
    /// - Returns: The mapped mount, which has to live until the overlay is mounted.
    /// - Throws: ``LayerUnpackError``: `overlayUnsupported`, also when the directories are not in one directory;
    ///   `systemCall`.
    func set(
        _ writable: OverlayMount.Writable,
        mappedBy userNamespace: SharedDescriptor
    ) throws(LayerUnpackError) -> SharedDescriptor {
        let parent = writable.upper.removingLastComponent()
        guard let upper = writable.upper.lastComponent, let work = writable.work.lastComponent,
            writable.work.removingLastComponent() == parent
        else {
            throw LayerUnpackError(
                .overlayUnsupported,
                "mount overlay",
                detail: "with a user namespace \(writable.upper) and \(writable.work) must be in one directory"
            )
        }
        let tree = try Self.map(parent, by: userNamespace)
        try set("upperdir", upper.string, in: tree, writable.upper)
        try set("workdir", work.string, in: tree, writable.work)
        return tree
    }

    private static func map(
        _ path: FilePath,
        by userNamespace: SharedDescriptor
    ) throws(LayerUnpackError) -> SharedDescriptor {
        do throws(SystemCallError) {
            let tree = try MountHandle.clone(path, recursive: false, propagation: UInt64(CLINUX_MS_PRIVATE))
            try MountHandle.map(tree, as: userNamespace.descriptor, recursive: false, path: path)
            return SharedDescriptor(tree)
        } catch {
            throw LayerUnpackError("map layer", error)
        }
    }

    /// Sets an option to a directory of a mapped mount.
    private func set(
        _ key: String,
        _ name: String,
        in tree: SharedDescriptor,
        _ path: FilePath
    ) throws(LayerUnpackError) {
        let directory: OwnedFileDescriptor
        let number = tree.descriptor.rawValue
        do throws(SystemCallError) {
            directory = OwnedFileDescriptor(
                takingOver: try systemCall("openat", path: path) {
                    unsafe name.withCString {
                        unsafe clinux_openat(number, $0, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY | CLINUX_O_CLOEXEC, 0)
                    }
                }
            )
        } catch {
            throw LayerUnpackError("map layer", error)
        }
        do throws(LayerUnpackError) {
            try configure(CLINUX_FSCONFIG_SET_FD, key, value: nil, descriptor: directory.rawValue)
        } catch {
            guard error.errno == .invalidArgument else { throw error }
            throw LayerUnpackError(
                .overlayUnsupported,
                "mount overlay",
                detail: "before Linux 6.15 it takes no id-mapped layers that are attached nowhere",
                cause: error.cause
            )
        }
    }

    /// Sets an option to a directory.
    func set(_ key: String, directory path: FilePath) throws(LayerUnpackError) {
        let directory: OwnedFileDescriptor
        do throws(SystemCallError) { directory = try .open(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY) } catch {
            throw LayerUnpackError("open layer", error)
        }
        do throws(LayerUnpackError) {
            try configure(CLINUX_FSCONFIG_SET_FD, key, value: nil, descriptor: directory.rawValue)
        } catch {
            guard error.errno == .invalidArgument else { throw error }
            guard path.length < Self.stringLimit else {
                throw LayerUnpackError(
                    .overlayUnsupported,
                    "mount overlay",
                    detail: "before Linux 6.13 a layer's path may have 255 bytes, this one has \(path.length)"
                )
            }
            try configure(CLINUX_FSCONFIG_SET_STRING, key, value: path.bytes, descriptor: 0)
        }
    }

    /// Makes the mount.
    consuming func mount(readOnly: Bool) throws(LayerUnpackError) -> OwnedFileDescriptor {
        let number = context.rawValue
        let attributes = UInt32(readOnly ? CLINUX_MOUNT_ATTR_RDONLY : 0)
        do throws(SystemCallError) {
            try systemCall("fsconfig", path: "overlay") {
                clinux_fsconfig(number, UInt32(CLINUX_FSCONFIG_CMD_CREATE), nil, nil, 0)
            }
            return OwnedFileDescriptor(
                takingOver: try systemCall("fsmount", path: "overlay") {
                    clinux_fsmount(number, UInt32(CLINUX_FSMOUNT_CLOEXEC), attributes)
                }
            )
        } catch {
            let message = kernelMessage
            throw LayerUnpackError(.systemCall, "mount overlay", detail: message, cause: error)
        }
    }

    private func configure(
        _ command: CInt,
        _ key: String,
        value: [UInt8]?,
        descriptor: CInt
    ) throws(LayerUnpackError) {
        let number = context.rawValue
        do throws(SystemCallError) {
            try systemCall("fsconfig", path: FilePath(key)) {
                withCString(Array(key.utf8)) { key in
                    guard let value else {
                        return unsafe clinux_fsconfig(number, UInt32(command), key, nil, descriptor)
                    }
                    return withCString(value) { unsafe clinux_fsconfig(number, UInt32(command), key, $0, descriptor) }
                }
            }
        } catch {
            throw LayerUnpackError("mount overlay", error)
        }
    }

    /// What the kernel says about the failure, if anything: one line of the context's log.
    private var kernelMessage: String? {
        var buffer = [UInt8](repeating: 0, count: 1024)
        guard let count = try? context.read(into: &buffer), count > 0 else { return nil }
        return String(decoding: buffer[0..<count].filter { (0x20..<0x7f).contains($0) }, as: UTF8.self)
    }
}
