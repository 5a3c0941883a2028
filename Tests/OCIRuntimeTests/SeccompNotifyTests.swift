// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCIRuntime
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("A filter that asks an agent", .requires(.root, .busybox)) struct SeccompNotifyTests {
    private func section(_ path: FilePath, _ names: [String] = ["mkdir", "mkdirat"]) -> LinuxSeccomp {
        LinuxSeccomp(
            defaultAction: .allow,
            architectures: [.x86_64, .x86, .x32],
            listenerPath: path.string,
            listenerMetadata: "about \"it\"",
            syscalls: [.init(names: names, action: .notify)]
        )
    }

    private static let script = "/bin/busybox mkdir /made && echo done; test -d /made || echo missing"

    @Test(
        "has the agent's answer in place of the call, for the first process and for those that join",
        arguments: [
            true, false,
        ]
    )
    func answer(noNewPrivileges: Bool) async throws {
        let bundle = try TestBundle(script: Self.script + "; read line; while :; do sleep 1; done")
        let agent = try TestSeccompAgent(at: bundle.directory.path.appending("agent"))
        bundle.configuration.process?.noNewPrivileges = noNewPrivileges
        bundle.configuration.linux?.seccomp = section(agent.path)
        let served = try agent.serve(3) { _ in .succeed(0) }
        let id = TestBundle.newID()
        let created = try bundle.create(id)
        defer { try? created.container.delete(force: true) }
        // The listener is part of the creation: an agent may want to refuse the container.
        let state = try #require(agent.states(1).first)
        let pid = try created.container.state().pid
        #expect(state.fds == ["seccompFd"])
        #expect(state.pid == pid)
        #expect(state.metadata == "about \"it\"")
        #expect(state.ociVersion == Runtime.specificationVersion)
        #expect(state.state.status == .creating)
        #expect(state.state.pid == pid)
        #expect(state.state.id == id)
        #expect(state.state.bundle == bundle.directory.path.string)
        try created.container.start()
        let added = try await bundle.exec(Self.script, in: created.container)
        #expect(added.text == "done\nmissing\n")
        let second = try #require(agent.states(2).last)
        #expect(second.pid != pid)
        #expect(second.state.pid == pid)
        #expect(second.state.status == .running)
        let capabilities = try await bundle.exec("/bin/busybox grep CapEff /proc/self/status", in: created.container)
        #expect(capabilities.text == "CapEff:\t0000000020000420\n")
        try created.container.delete(force: true)
        #expect(try created.text() == "done\nmissing\n")
        #expect(agent.answeredCalls.count == 2)
        extendLifetime(served)
    }

    @Test("passes the agent's error on")
    func error() async throws {
        let bundle = try TestBundle(script: "/bin/busybox mkdir /made")
        let agent = try TestSeccompAgent(at: bundle.directory.path.appending("agent"))
        bundle.configuration.linux?.seccomp = section(agent.path)
        let served = try agent.serve(1) { _ in .fail(123) }
        #expect(try await bundle.run().text.contains("No medium found"))
        extendLifetime(served)
    }

    @Test("may ask about calls that the launch itself makes", arguments: [true, false])
    func launchCalls(noNewPrivileges: Bool) async throws {
        let bundle = try TestBundle(script: "echo done")
        let agent = try TestSeccompAgent(at: bundle.directory.path.appending("agent"))
        bundle.configuration.process?.noNewPrivileges = noNewPrivileges
        let names = ["execve", "openat", "open", "read", "close", "fcntl", "sendmsg", "accept4", "capset"]
        bundle.configuration.linux?.seccomp = section(agent.path, names)
        let served = try agent.serve(1) { _ in .proceed }
        #expect(try await bundle.run().text == "done\n")
        extendLifetime(served)
        #expect(agent.answeredCalls.count > 3)
    }

    @Test("gives ENOSYS when its agent has gone", .rows("F-16"))
    func gone() async throws {
        let bundle = try TestBundle(script: "read line; /bin/busybox mkdir /made")
        let agent = try TestSeccompAgent(at: bundle.directory.path.appending("agent"))
        bundle.configuration.linux?.seccomp = section(agent.path)
        // It takes the listener and drops it.
        let served = try agent.drop()
        #expect(try await bundle.run().text.contains("Function not implemented"))
        extendLifetime(served)
    }

    @Test("fails the creation, and leaves nothing, when its agent cannot be reached", .rows("F-16"))
    func unreachable() throws {
        let bundle = try TestBundle(script: "true")
        bundle.configuration.linux?.seccomp = section(bundle.directory.path.appending("nobody"))
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(error?.description.contains("failed to connect with seccomp agent") == true)
        #expect(error?.cause?.errno == .noSuchFileOrDirectory)
        #expect(try bundle.runtime.list().isEmpty)
    }

    @Test("does not connect to an agent that no rule asks")
    func unused() async throws {
        let bundle = try TestBundle(script: "echo done")
        bundle.configuration.linux?.seccomp = section(bundle.directory.path.appending("nobody"))
        bundle.configuration.linux?.seccomp?.syscalls = nil
        #expect(try await bundle.run().text == "done\n")
    }

    @Test("leaves the container as it was when a process that joins finds no agent")
    func unreachableByExec() async throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        let agent = try TestSeccompAgent(at: bundle.directory.path.appending("agent"))
        bundle.configuration.linux?.seccomp = section(agent.path)
        let served = try agent.serve(1) { _ in .proceed }
        let created = try bundle.create()
        try created.container.start()
        try bundle.directory.open().removeFile("agent")
        await #expect(throws: RuntimeError.self) { try await bundle.exec("true", in: created.container) }
        #expect(try created.container.processIDs().count <= 2)
        try created.container.delete(force: true)
        extendLifetime(served)
    }

    @Test("is in force for hooks of the start, which the agent answers too")
    func hooks() async throws {
        let bundle = try TestBundle(script: "echo program")
        let agent = try TestSeccompAgent(at: bundle.directory.path.appending("agent"))
        bundle.configuration.linux?.seccomp = section(agent.path)
        bundle.configuration.hooks = .init(startContainer: [
            .init(
                path: "/bin/busybox",
                args: ["sh", "-c", "cd /proc/self/fd && test \"$(echo *)\" = '0 1 2 3' && /bin/busybox mkdir /made"]
            )
        ])
        let served = try agent.serve(1) { _ in .succeed(0) }
        #expect(try await bundle.run().text == "program\n")
        extendLifetime(served)
        #expect(agent.answeredCalls.count == 1)
    }
}
