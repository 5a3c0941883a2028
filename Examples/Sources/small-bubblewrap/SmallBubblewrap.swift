// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// A sandbox in the manner of bubblewrap, with NamespaceKit alone: no images, no OCI, no state on disk. The program sees the
// host's files read-only, a private /tmp, no network, no capabilities, and docker's system call filter.
//
//     small-bubblewrap [--bind DIR] [--ro-bind DIR AT] [--share-net] [--chdir DIR] [--hostname NAME] COMMAND [ARGUMENT ...]

internal import Glibc
internal import LinuxSystem
internal import NamespaceKit
internal import SystemPackage

@main
enum SmallBubblewrap {
    static func main() async throws {
        var rest = CommandLine.arguments.dropFirst()
        var edits: [(inout Sandbox) -> Void] = []
        func next() -> FilePath { FilePath(rest.popFirst() ?? "") }
        options: while let word = rest.first, word.hasPrefix("--") {
            rest.removeFirst()
            switch word {
            case "--bind":
                let path = next()
                edits.append { $0.share(path, writable: true) }
            case "--ro-bind":
                let (path, place) = (next(), next())
                edits.append { $0.share(path, at: place) }
            case "--share-net": edits.append { $0.shareNetwork() }
            case "--chdir":
                let path = next()
                edits.append { $0.workingDirectory = path }
            case "--hostname":
                let name = next().string
                edits.append { $0.configuration.hostname = Array(name.utf8) }
            case "--": break options
            default:
                fail("unknown option \(word)", status: 2)
            }
        }
        guard !rest.isEmpty else {
            fail("usage: small-bubblewrap [option ...] COMMAND [ARGUMENT ...]", status: 2)
        }
        var sandbox = Sandbox(Array(rest))
        for edit in edits { edit(&sandbox) }
        do {
            switch try await sandbox.run().reason {
            case .exited(let status): exit(status)
            case .signaled(let signal, _): fail("ended by signal \(signal)", status: 128 + signal)
            }
        } catch {
            // One line: the step, the call, the error, and what to do about it.
            fail("\(error)", status: 125)
        }
    }
}

/// Ends the program with a line that says why.
func fail(_ message: String, status: Int32 = 1) -> Never {
    _ = try? FileDescriptor.standardError.writeAll("small-bubblewrap: \(message)\n".utf8)
    exit(status)
}
