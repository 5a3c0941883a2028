// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Files of the host that a container's configuration depends on.
enum HostFiles {
    /// The host's `/etc/resolv.conf`; empty when there is none.
    static var resolver: [UInt8] {
        let file = try? OwnedFileDescriptor.open("/etc/resolv.conf", CLINUX_O_RDONLY | CLINUX_O_NONBLOCK)
        return (try? file?.readAll(limit: 1 << 16)) ?? []
    }

    /// Whether control groups count swap: version 1 says so with a file of the root group; version 2 does wherever the
    /// kernel can swap.
    static var countsSwap: Bool {
        if exists("/sys/fs/cgroup/memory") { return exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes") }
        return exists("/proc/swaps")
    }

    /// The counters of each processor's heat, from which a process can tell what others compute; docker hides them too.
    static var heatCounters: [FilePath] {
        let place = FilePath("/sys/devices/system/cpu")
        let names = (try? RootDirectory(at: place).entries().map(\.name)) ?? []
        let paths = names.map { place.appending(String(decoding: $0, as: UTF8.self)).appending("thermal_throttle") }
        return paths.filter { exists($0) }.sorted { $0.string < $1.string }
    }

    private static func exists(_ path: FilePath) -> Bool {
        (try? OwnedFileDescriptor.open(path, CLINUX_O_PATH)) != nil
    }
}
