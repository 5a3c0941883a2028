// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

/// Keeps mounts away from `/proc`: what the runtime and the program read and write there must be the kernel's
/// (CVE-2019-16884, CVE-2015-3631).
enum ProcDestination {
    /// Files that engines give a container's own view of.
    private static let allowed: Set<FilePath> = [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime",
        "/proc/loadavg",
        "/proc/slabinfo", "/proc/net/dev", "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
    ]

    /// Refuses a mount that would hide the kernel's `/proc` or a part of it.
    static func check(
        _ destination: FilePath,
        source: ContainerMount.Source,
        at path: JSONPath
    ) throws(MappingError) {
        let place = destination.lexicallyNormalized()
        if place == "/" {
            if case .remount = source { return }
            throw .invalid(path, "must not be the container's root")
        }
        guard place.starts(with: "/proc") else { return }
        switch source {
        case .remount: return
        case .fileSystem(type: "proc", _) where place == "/proc": return
        case .bind(let path, _) where place == "/proc" && path.lexicallyNormalized() == "/proc": return
        case .bind where allowed.contains(place): return
        case .bind, .fileSystem, .cgroup, .detached:
            throw .invalid(path, "\(place) is inside /proc, where only the kernel's files may be")
        }
    }
}
