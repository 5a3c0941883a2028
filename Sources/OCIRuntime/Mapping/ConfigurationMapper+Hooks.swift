// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

extension ConfigurationMapper {
    /// The hooks that run in the host's namespaces.
    static func hostHooks(_ hooks: RuntimeConfiguration.Hooks?) -> HostHooks {
        HostHooks(
            prestart: hooks?.prestart ?? [],
            createRuntime: hooks?.createRuntime ?? [],
            poststart: hooks?.poststart ?? [],
            poststop: hooks?.poststop ?? []
        )
    }

    /// The hooks that the container's init runs.
    ///
    /// What runs before the container's program and has no environment of its own gets that of the program, with `HOME`,
    /// as with runc; what runs before the root changes gets the runtime's, as with every other hook.
    static func launchHooks(
        _ hooks: RuntimeConfiguration.Hooks?,
        _ process: RuntimeConfiguration.Process
    ) throws(MappingError) -> [LaunchHook] {
        guard let hooks else { return [] }
        let own = environment(process.env ?? [])
        return try launchHooks(hooks.createContainer, "createContainer", .beforePivot, { ProcessEnvironment.all })
            + launchHooks(hooks.startContainer, "startContainer", .beforeProgram, { own })
    }

    private static func launchHooks(
        _ hooks: [RuntimeConfiguration.Hook]?,
        _ field: String,
        _ point: LaunchHook.Point,
        _ standardEnvironment: () -> [[UInt8]]
    ) throws(MappingError) -> [LaunchHook] {
        var result: [LaunchHook] = []
        for (index, hook) in (hooks ?? []).enumerated() {
            guard let timeout = UInt32(exactly: hook.timeout ?? 0) else {
                throw .invalid(
                    .field("hooks", field).appending(index).appending("timeout"),
                    "is above 4294967295 seconds"
                )
            }
            let arguments = hook.args ?? []
            var launch = LaunchHook(
                point: point,
                name: "\(field) hook #\(index)",
                path: FilePath(hook.path),
                arguments: (arguments.isEmpty ? [hook.path] : arguments).map { Array($0.utf8) },
                environment: hook.env.map { $0.map { Array($0.utf8) } } ?? standardEnvironment(),
                timeoutSeconds: timeout
            )
            launch.inheritsHome = hook.env == nil && point == .beforeProgram
            result.append(launch)
        }
        return result
    }
}
