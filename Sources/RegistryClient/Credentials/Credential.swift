// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What one proves oneself to a registry with.
public enum Credential: Hashable, Sendable {
    /// A name and a password.
    case password(name: String, password: String)
    /// A token that is exchanged for others (docker's "identity token").
    case identityToken(String)
    /// A token that the registry itself takes.
    case registryToken(String)

    /// Creates a credential as a helper names it: the user name `<token>` marks an identity token.
    init(name: String, secret: String) {
        self = name == Self.tokenName ? .identityToken(secret) : .password(name: name, password: secret)
    }

    /// The user name that marks an identity token in the protocol of credential helpers.
    static let tokenName = "<token>"

    /// The value of an `Authorization` header with name and password (RFC 7617); `nil` for tokens, and for a name with a
    /// colon.
    var basic: String? {
        guard case .password(let name, let password) = self, !name.utf8.contains(UInt8(ascii: ":")) else { return nil }
        return "Basic \(Base64.encode(Array("\(name):\(password)".utf8)))"
    }

    /// The user name; empty for tokens.
    public var name: String { if case .password(let name, _) = self { name } else { "" } }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind and the user name, never the secret.
    public var description: String {
        switch self {
        case .password(let name, _): "password of \(ASCII.excerpt(name))"
        case .identityToken: "identity token"
        case .registryToken: "registry token"
        }
    }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Shows nothing: a dump of a value that has a credential within must not show it.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
