// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A registry, as files and helpers of credentials call it.
public struct CredentialServer: Hashable, Sendable {
    /// Host and port as in a reference.
    public let registry: String

    /// Creates the name.
    ///
    /// - Parameter registry: Host and port as in a reference, for example `docker.io`.
    public init(registry: String) { self.registry = registry }

    /// What docker calls its own registry.
    static let dockerKey = "https://index.docker.io/v1/"

    /// The name under which a credential is kept.
    public var key: String { registry == "docker.io" ? Self.dockerKey : registry }

    /// All names under which one may be kept, the usual one first.
    var names: [String] {
        registry == "docker.io"
            ? [Self.dockerKey, "docker.io", "index.docker.io", "registry-1.docker.io"]
            : [registry, "https://\(registry)"]
    }

    /// What a credential may be kept under, the most special first: `quay.io/a/b`, `quay.io/a`, `quay.io`.
    func keys(repository: String?) -> [String] {
        let hosts = registry == "docker.io" ? ["docker.io", "index.docker.io", "registry-1.docker.io"] : [registry]
        var path = (repository ?? "").split(separator: "/").map(String.init)
        var keys: [String] = []
        while !path.isEmpty {
            keys += hosts.map { "\($0)/\(path.joined(separator: "/"))" }
            path.removeLast()
        }
        return keys + hosts
    }

    /// A key of a file without scheme, without the path of docker's old index, in small letters up to the first `/`.
    static func normalized(_ key: String) -> String {
        var text = key
        for scheme in ["https://", "http://"] where ASCII.lowercased(text).hasPrefix(scheme) {
            text = String(text.dropFirst(scheme.count))
            // With a scheme only the host counts: the rest is a path such as `/v1/`.
            text = String(text.prefix { $0 != "/" })
        }
        let host = text.prefix { $0 != "/" }
        return ASCII.lowercased(String(host)) + text.dropFirst(host.count)
    }
}
