// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Collects what is wrong with a configuration. The rules for each part stand in a file of their own.
struct ConfigurationValidator {
    let configuration: RuntimeConfiguration
    private(set) var problems: [ValidationProblem] = []

    init(configuration: RuntimeConfiguration) { self.configuration = configuration }

    /// Checks the whole document.
    mutating func validate() {
        for path in JSONStringScanner(configuration).found {
            add(.nulCharacter, path, "must not contain the character U+0000")
        }
        validateVersion()
        validateRoot()
        if let process = configuration.process { validate(process, at: JSONPath().appending("process")) }
        validateNames()
        validateMounts()
        if let hooks = configuration.hooks { validate(hooks, at: JSONPath().appending("hooks")) }
        if let linux = configuration.linux { validate(linux, at: JSONPath().appending("linux")) }
    }

    /// Adds a problem.
    mutating func add(_ code: ValidationProblem.Code, _ path: JSONPath, _ detail: String) {
        problems.append(ValidationProblem(code: code, path: path, detail: detail))
    }

    /// Adds a problem unless `condition` holds.
    mutating func require(
        _ condition: Bool,
        _ code: ValidationProblem.Code,
        _ path: @autoclosure () -> JSONPath,
        _ detail: @autoclosure () -> String
    ) {
        if !condition { add(code, path(), detail()) }
    }

    /// Adds a problem with the value at `path` unless `condition` holds.
    mutating func require(
        _ condition: Bool,
        _ path: @autoclosure () -> JSONPath,
        _ detail: @autoclosure () -> String
    ) {
        if !condition { add(.invalid, path(), detail()) }
    }

    /// The namespace of this kind, if the configuration lists one.
    func namespace(_ kind: LinuxNamespace.Kind) -> LinuxNamespace? {
        configuration.linux?.namespaces?.first { $0.type == kind }
    }

    /// Whether the container has a namespace of this kind of its own, new or joined.
    func has(_ kind: LinuxNamespace.Kind) -> Bool { namespace(kind) != nil }

    private mutating func validateVersion() {
        let path = JSONPath().appending("ociVersion")
        guard let version = SemanticVersion(configuration.ociVersion) else {
            let shown = JSONError.excerpt(configuration.ociVersion.utf8)
            return add(.invalid, path, "\"\(shown)\" is no version in the form of SemVer 2.0.0")
        }
        // Versions are compatible within a major version; fields of a later minor version are unknown ones.
        require(version.major == 1, .unsupportedVersion, path, "version \(version) is not supported, only 1.x.y")
    }

    private mutating func validateRoot() {
        let path = JSONPath().appending("root")
        guard let root = configuration.root else { return add(.missing, path, "is required") }
        require(!root.path.utf8.isEmpty, .missing, path.appending("path"), "must not be empty")
    }

    private mutating func validateNames() {
        for (field, name) in [("hostname", configuration.hostname), ("domainname", configuration.domainname)] {
            guard let name, !name.utf8.isEmpty else { continue }
            let path = JSONPath().appending(field)
            require(name.utf8.count <= 64, path, "must not have more than 64 bytes")
            require(has(.uts), .needs, path, "needs a namespace of type uts in linux.namespaces")
        }
    }

    private mutating func validateMounts() {
        for (index, mount) in (configuration.mounts ?? []).enumerated() {
            validate(mount, at: JSONPath().appending("mounts").appending(index))
        }
    }

    /// Adds a problem unless `value` is absent or an absolute path.
    mutating func requireAbsolute(_ value: String?, _ path: @autoclosure () -> JSONPath) {
        guard let value else { return }
        require(value.utf8.first == UInt8(ascii: "/"), path(), "must be an absolute path")
    }

    /// Adds a problem for each element that stands in `values` a second time.
    mutating func requireUnique<Value: Hashable>(_ values: [Value], _ path: (Int) -> JSONPath, _ detail: String) {
        var seen: Set<Value> = []
        for (index, value) in values.enumerated() where !seen.insert(value).inserted {
            add(.duplicate, path(index), detail)
        }
    }
}
