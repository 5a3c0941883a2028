// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// Runs a build that cannot change its sources: they are the lower layer of an overlay, what the build writes goes to a
// directory of its own, and is listed at the end. No network, no host files but the toolchain's, read-only.
//
//     build-sandbox SOURCES OUTPUT COMMAND [ARGUMENT ...]      OUTPUT has empty directories `upper` and `work`

internal import Glibc
internal import LayerUnpack
internal import LinuxSystem
internal import NamespaceKit
internal import SystemPackage

@main
enum BuildSandbox {
    static func main() async {
        do { try await build() } catch { fail("\(error)") }
    }

    private static func build() async throws {
        let words = CommandLine.arguments
        guard words.count >= 4 else {
            fail("usage: build-sandbox SOURCES OUTPUT COMMAND [ARGUMENT ...]", status: 2)
        }
        let (sources, output) = (FilePath(words[1]), FilePath(words[2]))
        let upper = output.appending("upper")
        // Attached nowhere: it goes away with the sandbox, and nobody else ever sees it.
        let overlay = OverlayMount(
            lowers: [sources],
            writable: OverlayMount.Writable(upper: upper, work: output.appending("work"))
        )
        let tree = MountTree(takingOver: try overlay.make())

        var sandbox = Sandbox(Array(words.dropFirst(3)))
        sandbox.configuration.mounts.append(ContainerMount(.detached(tree), at: "/tmp/build"))
        sandbox.workingDirectory = "/tmp/build"
        let end = try await sandbox.run()
        print("build: \(end.reason), \(end.userMicroseconds / 1000) ms of processor time")

        for change in try TreeChange.inOverlay(upper, over: [sources]) {
            print("\(change.kind) /\(String(decoding: change.path, as: UTF8.self))")
        }
        if end.reason != .exited(0) { fail("the build failed") }
    }
}

/// Ends the program with a line that says why.
func fail(_ message: String, status: Int32 = 1) -> Never {
    _ = try? FileDescriptor.standardError.writeAll("build-sandbox: \(message)\n".utf8)
    exit(status)
}
