// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LaunchPlan
import NamespaceKit
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import OCIRuntime

@Suite("A process that is placed in its control groups while its init goes on") struct PlacementTests {
    private static let wait = "wait until the host has placed the process"

    /// The steps before the wait, and those after it.
    private func plan(
        _ change: (inout RuntimeConfiguration) -> Void = { _ in }
    ) throws -> (before: [String], after: [String]) {
        var configuration = RuntimeConfiguration.example
        configuration.process?.terminal = false
        change(&configuration)
        let container = try ConfigurationMapper.map(configuration, bundle: "/", id: "c1").container
        var options = PlanBuilder.Options()
        options.opensSourcesOnHost = false
        options.placesAfterClone = true
        options.runsHostHooks = configuration.hooks?.createRuntime?.isEmpty == false
        let launch = try PlanBuilder.prepare(container, options: options)
        #expect(launch.isPlacedAtOnce)
        let steps = launch.instructions.map(\.description)
        let index = try #require(steps.firstIndex(of: Self.wait))
        #expect(steps.filter { $0 == Self.wait }.count == 1)
        return (Array(steps[..<index]), Array(steps[(index + 1)...]))
    }

    @Test("waits for it behind the mounts, and before the root is switched") func late() throws {
        let (before, after) = try plan { $0.linux?.namespaces?.removeAll { $0.type == .cgroup } }
        #expect(before.contains { $0.hasPrefix("mount mqueue") })
        #expect(after.contains { $0.hasPrefix("pivot root") })
    }

    @Test("waits before what is of the container: hooks, content that is copied, its view of its groups") func early()
        throws
    {
        let hook = RuntimeConfiguration.Hook(path: "/bin/true")
        let hooked = try plan {
            $0.linux?.namespaces?.removeAll { $0.type == .cgroup }
            $0.hooks = .init(createRuntime: [hook], createContainer: [hook])
        }
        #expect(!hooked.before.contains { $0.contains("hook") })
        let copied = try plan {
            $0.linux?.namespaces?.removeAll { $0.type == .cgroup }
            $0.mounts?.insert(.init(destination: "/etc", type: "tmpfs", options: ["tmpcopyup"]), at: 0)
        }
        #expect(!copied.before.contains { $0.contains("/etc") })
        let namespaced = try plan {
            if $0.linux?.namespaces?.contains(where: { $0.type == .cgroup }) != true {
                $0.linux?.namespaces?.append(.init(type: .cgroup))
            }
        }
        #expect(!namespaced.before.contains { $0.contains("cgroup") })
        #expect(namespaced.after.contains("unshare cgroup namespace"))
    }

    @Test("waits before it goes on in a child, which would be in other groups") func child() throws {
        let (before, after) = try plan {
            $0.linux?.namespaces?.removeAll { $0.type == .pid }
            $0.linux?.namespaces?.append(.init(type: .pid, path: "/proc/self/ns/pid"))
        }
        #expect(!before.contains { $0.contains("continue in a child") })
        #expect(after.contains { $0.contains("continue in a child") })
    }

    @Test("is refused by the words of its init when that fails meanwhile", .requires(.root, .busybox))
    func failure() throws {
        let bundle = try TestBundle(script: "exit 0")
        bundle.configuration.mounts = [
            .init(destination: "/x", type: "tmpfs", source: "none", options: ["size=nonsense"])
        ]
        for _ in 0..<20 {
            let error = #expect(throws: RuntimeError.self) { try bundle.create() }
            #expect(error?.step.contains("/x") == true, "\(String(describing: error))")
        }
    }
}
