// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A registry as users name it for a login.
enum RegistryName {
    /// Reads a name; a scheme before it and a path behind it, as docker's older files have them, do not count.
    ///
    /// - Parameter text: The name; `nil` for docker's own registry.
    /// - Returns: Host and port, as in references.
    /// - Throws: ``Failure`` if it is none.
    static func read(_ text: String?) throws(Failure) -> String {
        guard let text else { return Reference.defaultRegistry }
        var host = text[...]
        for scheme in ["https://", "http://"] where host.hasPrefix(scheme) { host = host.dropFirst(scheme.count) }
        host = host.prefix { $0 != "/" }
        if host == "index.docker.io" || host == "registry-1.docker.io" { return Reference.defaultRegistry }
        guard let reference = try? Reference("\(host)/x/y:1"), reference.registry == host else {
            throw Failure("\"\(text)\" is no registry; it is named by its host, with a port where needed")
        }
        return reference.registry
    }
}
