// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LaunchPlan
internal import NamespaceKit
public import OCISpec
public import SystemPackage

extension Runtime {
    /// Every step of a launch, without launching anything.
    ///
    /// - Parameters:
    ///   - configuration: What `config.json` would say.
    ///   - bundle: The directory that relative paths in the configuration start at.
    ///   - options: Streams, terminal and the like.
    /// - Returns: The steps, in order.
    /// - Throws: ``RuntimeError`` as ``create(_:bundle:options:)`` would for the configuration. Nothing is changed.
    public func plan(
        _ configuration: RuntimeConfiguration,
        bundle: FilePath,
        options: CreateOptions = CreateOptions()
    ) throws(RuntimeError) -> ContainerPlan {
        try planned(configuration, bundle: bundle, options: options).plan
    }

    /// Checks a launch on this host: whether each of its steps can be taken here, and what to do where one cannot.
    ///
    /// Looked at are the kernel, privileges, user namespaces, file systems, kernel parameters, seccomp, and the program in
    /// the root file system. What is found to fail would fail; what is not found may fail all the same, since nothing is
    /// tried.
    ///
    /// - Parameters:
    ///   - configuration: What `config.json` would say.
    ///   - bundle: The directory that relative paths in the configuration start at.
    ///   - options: Streams, terminal and the like.
    /// - Returns: The plan and what stands in its way. A configuration that has no plan gives one finding that says why.
    public func dryRun(
        _ configuration: RuntimeConfiguration,
        bundle: FilePath,
        options: CreateOptions = CreateOptions()
    ) -> DryRun {
        do throws(RuntimeError) {
            let planned = try planned(configuration, bundle: bundle, options: options)
            var check = PlanCheck(facts: .current, root: planned.root)
            return DryRun(plan: planned.plan, findings: check.findings(of: planned.launch, from: planned.offset))
        } catch {
            return DryRun(plan: nil, findings: [DryRun.Finding(error)])
        }
    }

    /// A plan, and what it was made of.
    private struct Planned {
        let plan: ContainerPlan
        let launch: PreparedLaunch
        let root: RootFileSystem
        /// The position of the first instruction among the plan's steps.
        let offset: Int
    }

    private func planned(
        _ configuration: RuntimeConfiguration,
        bundle: FilePath,
        options: CreateOptions
    ) throws(RuntimeError) -> Planned {
        let id = "plan"
        let bundle = try BundleReader.absolute(bundle)
        let mapped = try mapped(configuration, bundle: bundle, id: id, options: options)
        let placement = try CgroupPlacement(mapped.cgroup, by: options.cgroupManager, id: id, in: cgroups)
        let launch: PreparedLaunch
        do throws(NamespaceError) {
            launch = try PlanBuilder.prepare(
                mapped.container,
                options: placement.builderOptions(preserved: options.preservedDescriptors.count)
            )
        } catch { throw RuntimeError(error, container: id) }
        var steps = try placement.steps(container: id).map { text in
            ContainerPlan.Step(.host, "controlGroup", text, calls: ["mkdirat", "openat2", "write"])
        }
        steps.append(
            ContainerPlan.Step(.host, "clone", Self.words(ofClone: launch.cloneFlags), calls: ["clone3", "execveat"])
        )
        let offset = steps.count
        for instruction in launch.instructions {
            let opcode = instruction.opcode
            steps.append(.init(.container, "\(opcode)", instruction.description, calls: opcode.calls))
        }
        return Planned(
            plan: ContainerPlan(steps: steps),
            launch: launch,
            root: mapped.container.root,
            offset: offset
        )
    }

    private static func words(ofClone flags: UInt32) -> String {
        let names = NamespaceKind.allCases.filter { flags & $0.flag != 0 }.map { "\($0)" }
        return names.isEmpty ? "clone the init" : "clone the init into new namespaces: \(names.joined(separator: ", "))"
    }
}
