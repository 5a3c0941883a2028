// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Glibc
import RuntimeCore

/// Builds an image, saves it, loads it back, and runs containers from it: all of it in this process.
///
///     skiff-demo [DIRECTORY]
///
/// The image's archive stays in `DIRECTORY`, which is `/tmp/skiff-demo` unless told otherwise; everything else goes
/// away. Exits with 0, with 1 when something failed or was not as it should be, and with 125 where containers cannot
/// run.
@main struct SkiffDemo {
    static func main() async {
        guard CommandLine.arguments.count <= 2 else { fail("usage: skiff-demo [DIRECTORY]", 125) }
        guard geteuid() == 0 else {
            fail("containers from images need root (CAP_SYS_ADMIN); run this with sudo", 125)
        }
        guard Preflight.show() else { fail("containers cannot run on this host; see above for what is missing", 125) }
        do {
            let directory = CommandLine.arguments.dropFirst().first ?? "/tmp/skiff-demo"
            let workspace = try Workspace(at: FilePath(directory))
            defer { workspace.remove() }
            let demo = Demo(workspace)
            try await demo.run()
            demo.showNextSteps()
        } catch {
            fail("\(error)", 1)
        }
    }

    private static func fail(_ message: String, _ status: Int32) -> Never {
        // Nothing can be said about a failure to say something.
        _ = try? FileDescriptor.standardError.writeAll("skiff-demo: \(message)\n".utf8)
        exit(status)
    }
}
