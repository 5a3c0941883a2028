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
    static func launchHooks(_ hooks: RuntimeConfiguration.Hooks?) throws(MappingError) -> [LaunchHook] {
        try launchHooks(hooks?.createContainer, "createContainer", .beforePivot)
            + launchHooks(hooks?.startContainer, "startContainer", .beforeProgram)
    }

    private static func launchHooks(
        _ hooks: [RuntimeConfiguration.Hook]?,
        _ field: String,
        _ point: LaunchHook.Point
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
            result.append(
                LaunchHook(
                    point: point,
                    path: FilePath(hook.path),
                    arguments: (arguments.isEmpty ? [hook.path] : arguments).map { Array($0.utf8) },
                    environment: (hook.env ?? []).map { Array($0.utf8) },
                    timeoutSeconds: timeout
                )
            )
        }
        return result
    }
}
