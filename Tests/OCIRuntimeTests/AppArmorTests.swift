// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCIRuntime
import OCISpec
import SystemPackage
import TestSupport
import Testing

/// In a guest that has loaded `Tests/Guest/profile`.
@Suite("A container where AppArmor is in use", .requires(.root, .busybox, .appArmor)) struct AppArmorTests {
    private static let script = "cat /proc/self/attr/current; cat /secret || echo denied; cat /open"

    private func bundle(_ profile: String?) throws -> TestBundle {
        let bundle = try TestBundle(script: Self.script)
        bundle.configuration.process?.apparmorProfile = profile
        let root = try bundle.directory.open()
        for name in ["secret", "open"] { try root.replaceFile(FilePath("rootfs/\(name)"), Array("\(name)\n".utf8)) }
        return bundle
    }

    @Test("is confined by its profile from its program on, with or without new privileges", arguments: [true, false])
    func profile(_ noNewPrivileges: Bool) async throws {
        let bundle = try bundle("skiff-test")
        bundle.configuration.process?.noNewPrivileges = noNewPrivileges
        let text = try await bundle.run().text
        #expect(text.hasPrefix("skiff-test (enforce)\n"), "\(text)")
        #expect(text.contains("denied\n") && text.contains("open\n") && !text.contains("secret\n"), "\(text)")
    }

    @Test("confines what is added to it as its description says") func added() async throws {
        let bundle = try bundle(nil)
        bundle.configuration.process?.args = ["/bin/sh", "-c", "exec sleep 1000"]
        let created = try bundle.create()
        defer { try? created.container.delete(force: true) }
        try created.container.start()
        var process = try #require(bundle.configuration.process)
        #expect(try await bundle.exec(Self.script, in: created.container, process: process).text.contains("secret\n"))
        process.apparmorProfile = "skiff-test"
        let text = try await bundle.exec(Self.script, in: created.container, process: process).text
        #expect(text.hasPrefix("skiff-test (enforce)\n") && text.contains("denied\n"), "\(text)")
    }

    @Test("is unconfined when it asks for that or for nothing", arguments: ["unconfined", nil, ""])
    func unconfined(_ profile: String?) async throws {
        let text = try await bundle(profile).run().text
        #expect(text.hasPrefix("unconfined\n") && text.contains("secret\n"), "\(text)")
    }

    @Test("is not started with a profile that is not loaded, which the error names") func unknown() throws {
        let bundle = try bundle("no-such-profile")
        // The profile is asked for once the hooks before the program, which it is not about, have run.
        let created = try bundle.create()
        let error = #expect(throws: RuntimeError.self) { try created.container.start() }
        #expect(error?.description.contains("no-such-profile") == true, "\(String(describing: error))")
        try created.container.delete(force: true)
        #expect(try !created.text().contains("secret"))
        #expect(try bundle.runtime.list().isEmpty)
    }
}
