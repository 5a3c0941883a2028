// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCIRuntime
import RuntimeCore
import TestSupport
import Testing

@Suite("What cannot be run", .requires(.root, .overlay, .busybox)) struct ContainerRunFailureTests {
    /// Runs what must fail, and checks that nothing is left.
    private func failure(
        _ test: TestStore,
        _ image: String = "test",
        _ command: [String] = ["/bin/true"],
        configure: (inout ContainerOptions) -> Void = { _ in }
    ) async throws -> ContainerStoreError {
        do {
            let result = try await Container.run(image, command, in: test.store, configure: configure)
            throw UnexpectedSuccess(result: result)
        } catch let error as ContainerStoreError {
            #expect(try test.leftovers() == [])
            #expect(!error.description.contains("\n"))
            return error
        }
    }

    private struct UnexpectedSuccess: Error { let result: ContainerResult }

    @Test("is an image that is not there") func image() async throws {
        let error = try await failure(try TestStore(), "absent:1")
        #expect(error.code == .imageNotFound)
        #expect(error.description.contains("absent:1"))
    }

    @Test("is a program that is not there") func program() async throws {
        let test = try TestStore()
        let error = try await failure(test, "test", ["nowhere"])
        #expect(error.code == .executableNotFound)
        #expect(error.description.contains("executable file not found in $PATH"))
        #expect(try await failure(test, "test", ["/no/where"]).code == .executableNotFound)
    }

    @Test("is a file that may not be executed, or a directory") func notExecutable() async throws {
        let test = try TestStore()
        #expect(try await failure(test, "test", ["/bin-not-executable"]).code == .executableNotPermitted)
        #expect(try await failure(test, "test", ["/srv"]).code == .executableNotPermitted)
    }

    @Test("is an image without a command, when none is given") func noCommand() async throws {
        let error = try await failure(try TestStore { $0.cmd = nil }, "test", [])
        #expect(error.code == .invalidOptions)
        #expect(error.description.contains("no command"))
    }

    @Test("is a user that the image does not have") func user() async throws {
        let error = try await failure(try TestStore()) { $0.user = "captain" }
        #expect(error.code == .invalidOptions)
        #expect(error.description.contains("captain"))
    }

    @Test("is a host path that is not there") func bind() async throws {
        let error = try await failure(try TestStore()) {
            $0.mounts = [.bind(source: "/no/such/path", destination: "/mnt", readOnly: false)]
        }
        #expect(error.description.contains("/no/such/path"))
    }

    @Test("is a limit that makes no sense") func limits() async throws {
        let test = try TestStore()
        #expect(try await failure(test) { $0.limits.memory = 1000 }.code == .invalidOptions)
        #expect(try await failure(test) { $0.limits.cpus = -1 }.code == .invalidOptions)
        #expect(try await failure(test) { $0.limits.memoryAndSwap = 1 << 30 }.code == .invalidOptions)
    }

    @Test("is a seccomp agent that is not there") func seccomp() async throws {
        let error = try await failure(try TestStore()) {
            $0.seccomp = .profile(
                LinuxSeccomp(
                    defaultAction: .allow,
                    listenerPath: "/no/such/agent.sock",
                    syscalls: [.init(names: ["mkdir"], action: .notify)]
                )
            )
        }
        #expect(error.description.contains("failed to connect with seccomp agent at /no/such/agent.sock"))
    }
}
