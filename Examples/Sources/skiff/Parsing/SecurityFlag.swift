// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// `--security-opt`.
enum SecurityFlag {
    static func apply(_ text: String, to options: inout ContainerOptions) throws(Failure) {
        // Docker took a colon once, and still does.
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "=" || $0 == ":" }
        let value = parts.count == 2 ? String(parts[1]) : nil
        switch (parts[0], value) {
        case ("no-new-privileges", _):
            guard let isOn = Switch.read(value ?? "true") else {
                throw Failure("invalid --security-opt \"\(text)\": neither true nor false")
            }
            options.noNewPrivileges = isOn
        case ("seccomp", "unconfined"): options.seccomp = .unconfined
        case ("seccomp", "builtin"): options.seccomp = .standard
        case ("seccomp", .some(let file)): options.seccomp = .profile(try profile(file))
        default: throw Failure("--security-opt \(text) is not supported")
        }
    }

    private static func profile(_ file: String) throws(Failure) -> LinuxSeccomp {
        let content = try HostPath.read(file)
        let document: JSONValue
        let profile: LinuxSeccomp
        do throws(JSONError) {
            document = try JSONValue(json: content)
            profile = try LinuxSeccomp(json: content)
        } catch { throw Failure("seccomp profile \(file): \(error)") }
        // Docker's own form depends on capabilities and architectures; OCI's says what is the case.
        let isConditional = (document.object?["syscalls"]?.array ?? []).contains { rule in
            ["includes", "excludes"].contains { rule.object?[$0]?.object?.isEmpty == false }
        }
        if isConditional || document.object?["archMap"] != nil {
            throw Failure("seccomp profile \(file): conditional profiles (archMap, includes) are not supported")
        }
        return profile
    }
}
