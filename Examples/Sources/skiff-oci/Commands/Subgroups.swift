// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime

/// The arguments of `exec --cgroup`, with runc's rules and words.
enum Subgroups {
    /// What the arguments, one `PATH` or any number of `CONTROLLER[,CONTROLLER...]:PATH`, ask for.
    static func choice(_ arguments: [String]) throws(UsageError) -> ExecControlGroup? {
        if arguments.isEmpty { return nil }
        var paths: [String: String] = [:]
        for argument in arguments {
            let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                if arguments.count == 1 { return .everywhere(try relative(argument[...])) }
                throw UsageError("invalid --cgroup argument: \(argument) (missing <controller>: prefix)")
            }
            for controller in parts[0].split(separator: ",", omittingEmptySubsequences: false) {
                if controller.isEmpty {
                    throw UsageError("invalid --cgroup argument: \(argument) (empty <controller> prefix)")
                }
                if paths.updateValue(try relative(parts[1]), forKey: String(controller)) != nil {
                    throw UsageError(
                        "invalid --cgroup argument(s): controller \(controller) specified multiple times"
                    )
                }
            }
        }
        return .byController(paths)
    }

    /// Callers write the path with a slash in front; it starts at the container's group all the same.
    private static func relative(_ path: Substring) throws(UsageError) -> String {
        if path.split(separator: "/").contains("..") { throw UsageError("bad sub cgroup path: \(path)") }
        return String(path.drop { $0 == "/" })
    }
}
