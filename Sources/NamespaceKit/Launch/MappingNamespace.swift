// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
package import LinuxSystem
internal import SystemPackage

/// User namespaces that nobody is in: all that is left of them is their mapping, for mounts.
package enum MappingNamespace {
    /// Makes a namespace with these maps.
    ///
    /// The init is spawned in it, waits for its maps, and is gone when this returns.
    package static func make(_ mappings: PreparedLaunch.Mappings) throws(NamespaceError) -> OwnedFileDescriptor {
        var prepared = PreparedLaunch(instructions: [
            .awaitHost(point: PreparedLaunch.placementPoint), .awaitStart(slot: PreparedLaunch.controlSlot),
        ])
        prepared.cloneFlags = NamespaceKind.user.flag
        prepared.mappings = mappings
        do {
            let null = SharedDescriptor(try .open("/dev/null", CLINUX_O_RDWR))
            let streams = Launcher.Streams(input: null, output: null, errors: null)
            let launched = try Launcher.launch(prepared, streams: streams, cgroup: nil)
            return try open(launched)
        } catch let error as NamespaceError { throw error } catch let error as SystemCallError {
            throw NamespaceError("make a user namespace for a mount", error)
        } catch {
            throw NamespaceError(.systemCall, step: "make a user namespace for a mount: \(error)")
        }
    }

    private static func open(_ launched: consuming LaunchedProcess) throws -> OwnedFileDescriptor {
        defer {
            // It has nothing more to do; a process that is gone already is as good.
            try? launched.process.send(signal: CLINUX_SIGKILL)
            _ = try? launched.process.reap()
        }
        return try .open(FilePath("/proc/\(launched.process.processID)/ns/user"), CLINUX_O_RDONLY)
    }
}
