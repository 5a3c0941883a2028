// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

/// Sets the clocks of a time namespace that a process has made for its children (time_namespaces(7)).
enum ClockSetter {
    static func write(_ offsets: [ClockOffset], for processID: Int32) throws(NamespaceError) {
        do throws(SystemCallError) {
            try RootDirectory(at: FilePath("/proc/\(processID)"))
                .writeFile("timens_offsets", ClockOffset.fileContent(offsets))
        } catch {
            let hint = error.errno == .outOfRange ? "a clock may not go below zero, nor beyond 146 years" : nil
            throw NamespaceError(.systemCall, step: "set the container's clocks", cause: error, hint: hint)
        }
    }
}
