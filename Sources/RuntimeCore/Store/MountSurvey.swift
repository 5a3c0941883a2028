// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// The mount tables of all processes that can be seen, to tell whether a view of an image is still mounted somewhere.
///
/// A mount that only an open descriptor holds is in no table: one that was detached lazily (`umount -l`), and one of a
/// namespace that has no process and is bound nowhere.
struct MountSurvey {
    private let boot: String
    /// The pid namespace that we are in.
    private let processes: String
    /// The mount namespaces whose tables were read.
    private var namespaces: Set<String> = []
    private var tables: [[MountInfoEntry]] = []
    /// Whether a process's table could not be read.
    private var isPartial = false

    init() throws(SystemCallError) {
        boot = try ProcessInformation.bootID()
        processes = try Self.namespace("/proc/self/ns/pid")
        for entry in try RootDirectory(at: "/proc").entries() {
            guard let first = entry.name.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
                continue
            }
            do throws(SystemCallError) {
                try read(FilePath("/proc").appending(String(decoding: entry.name, as: UTF8.self)))
            } catch {
                // A process that has ended has no mounts.
                switch error.errno {
                case .noSuchFileOrDirectory, .noSuchProcess, .invalidArgument: break
                default: isPartial = true
                }
            }
        }
    }

    private mutating func read(_ process: FilePath) throws(SystemCallError) {
        // The link of a process with more rights than ours cannot be read; its table can.
        let namespace = try? Self.namespace(process.appending("ns/mnt"))
        if let namespace, namespaces.contains(namespace) { return }
        let file = try OwnedFileDescriptor.open(process.appending("mountinfo"), CLINUX_O_RDONLY)
        tables.append(MountInfoEntry.parse(try file.readAll(limit: 64 << 20)))
        if let namespace { namespaces.insert(namespace) }
    }

    /// Whether the view may still be mounted: `false` only when the kernel shows that it is not.
    func mayBeMounted(_ view: MountedImage) -> Bool {
        if view.boot != boot { return false }
        guard !isPartial, view.processes == processes, let device = view.device, let root = view.root else {
            return true
        }
        for table in tables {
            if table.contains(where: { $0.device == device && $0.root.bytes == root.bytes }) { return true }
        }
        if namespaces.contains(view.namespace) { return false }
        // Without processes its namespace may live on where it is bound, and its table cannot be read.
        return tables.contains { table in
            table.contains { $0.fileSystem == "nsfs" && $0.root.string == view.namespace }
        }
    }

    /// The text of a namespace's link in procfs, such as `mnt:[4026531841]`.
    static func namespace(_ link: FilePath) throws(SystemCallError) -> String {
        guard let name = link.lastComponent,
            let text = try RootDirectory(at: link.removingLastComponent()).readLink(FilePath(name.string))
        else { throw SystemCallError(call: "readlinkat", path: link, errno: .noSuchFileOrDirectory) }
        return String(decoding: text, as: UTF8.self)
    }
}
