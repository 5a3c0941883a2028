// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCIRuntime
import OCISpec
import TestSupport
import Testing

/// In a guest whose policy is `Tests/Guest/policy.cil`.
@Suite("A container where SELinux is in use", .requires(.root, .busybox, .selinux)) struct SELinuxTests {
    private static let files = "u:r:files:s0:c1,c2"

    private func bundle(_ script: String) throws -> TestBundle {
        let bundle = try TestBundle(script: script)
        bundle.configuration.process?.selinuxLabel = "u:r:inside:s0:c1,c2"
        bundle.configuration.linux?.mountLabel = Self.files
        bundle.configuration.linux?.maskedPaths = ["/proc/kcore", "/proc/acpi"]
        return bundle
    }

    @Test("runs its program, and what is added, with the label of the process")
    func process() async throws {
        let bundle = try bundle("exec sleep 1000")
        let created = try bundle.create()
        defer { try? created.container.delete(force: true) }
        try created.container.start()
        let first = try Command.run(["cat", "/proc/\(try created.container.state().pid)/attr/current"])
        let added = try await bundle.exec("cat /proc/self/attr/current", in: created.container)
        for text in [first.output, added.text] { #expect(text.hasPrefix("u:r:inside:s0:c1,c2"), "\(text)") }
    }

    @Test("has the label of its mounts on every new file system, and no other label on those of the kernel")
    func mounts() async throws {
        let bundle = try bundle("cat /proc/self/mountinfo")
        let lines = try await bundle.run().text.split(separator: "\n")
        func line(_ place: String) throws -> Substring { try #require(lines.last { $0.contains(" \(place) ") }) }
        for place in ["/dev", "/dev/pts", "/dev/shm", "/proc/kcore"] {
            let line = try line(place)
            #expect(line.contains("context=\"\(Self.files)\"") || line.contains("context=\(Self.files)"), "\(line)")
        }
        for place in ["/proc", "/sys", "/dev/mqueue", "/sys/fs/cgroup"] {
            let line = try line(place)
            #expect(!line.contains("context="), "\(line)")
        }
    }

    @Test("has the label of its mounts on the message queues, whose file system takes none as an option")
    func messageQueues() async throws {
        let bundle = try bundle("exec sleep 1000")
        let container = try bundle.create().container
        defer { try? container.delete(force: true) }
        let place = "/proc/\(try container.state().pid)/root/dev"
        for name in ["mqueue", "shm", "pts", "null"] {
            let result = try Command.run(["stat", "-L", "-c", "%C", "\(place)/\(name)"])
            #expect(result.output == Self.files + "\n", "\(name): \(result.output)\(result.errors)")
        }
    }

    @Test("is refused a label that the policy does not know, and leaves nothing")
    func unknown() throws {
        let bundle = try bundle("true")
        bundle.configuration.linux?.mountLabel = "u:r:nobody:s0"
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(error?.description.contains("context=u:r:nobody:s0") == true, "\(String(describing: error))")
        #expect(try bundle.runtime.list().isEmpty)
        bundle.configuration.linux?.mountLabel = nil
        bundle.configuration.process?.selinuxLabel = "u:r:nobody:s0"
        let second = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(second?.description.contains("nobody") == true, "\(String(describing: second))")
        #expect(try bundle.runtime.list().isEmpty)
    }
}
