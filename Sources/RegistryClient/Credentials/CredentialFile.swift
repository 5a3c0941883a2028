// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// The content of a file with credentials: docker's `config.json` and `auth.json` of containers-auth.json(5).
///
/// Members that are not known are kept when the file is written again.
public struct CredentialFile: Hashable, Sendable {
    /// Greatest size of such a file, in bytes: 1 MiB.
    static let limit = 1 << 20

    private var object: JSONObject

    /// Creates an empty file.
    public init() { object = JSONObject() }

    /// Reads the content of a file.
    ///
    /// - Parameter bytes: The content; empty content counts as an empty file.
    /// - Throws: `JSONError` if it is malformed, or members are not of the type they have to be.
    init(_ bytes: [UInt8]) throws(JSONError) {
        guard bytes.contains(where: { !ASCII.isSpace($0) && $0 != 0x0A && $0 != 0x0D }) else {
            object = JSONObject()
            return
        }
        let object = try JSONObject(json: bytes, limits: JSONLimits(size: Self.limit))
        for name in ["auths", "credHelpers"] {
            switch object[name] {
            case nil, .null, .object: break
            default: throw JSONError(.wrongType, offset: 0, detail: "\(name): expected an object")
            }
        }
        self.object = object
    }

    /// What the file says where it is written.
    var bytes: [UInt8] { object.json(pretty: true) + [0x0A] }

    /// The helper that keeps the credentials of `server`, by the name after `docker-credential-`.
    ///
    /// - Parameter server: The registry.
    /// - Returns: The helper's name; `nil` if the file itself keeps them.
    public func helper(for server: CredentialServer) -> String? {
        let helpers = object["credHelpers"]?.object
        for name in server.names {
            if let helper = helpers?[name]?.string, !helper.isEmpty { return helper }
        }
        guard let store = object["credsStore"]?.string, !store.isEmpty else { return nil }
        return store
    }

    /// The credential that the file itself keeps for a repository.
    ///
    /// - Parameters:
    ///   - server: The registry.
    ///   - repository: The repository; a key such as `quay.io/team` goes before `quay.io`.
    /// - Returns: The credential, or `nil` if there is none, or only an empty entry.
    public func credential(for server: CredentialServer, repository: String?) -> Credential? {
        guard let auths = object["auths"]?.object else { return nil }
        for key in server.keys(repository: repository) {
            for member in auths.members where CredentialServer.normalized(member.key) == key {
                if let credential = Self.credential(member.value) { return credential }
            }
        }
        return nil
    }

    private static func credential(_ value: JSONValue) -> Credential? {
        guard let entry = value.object else { return nil }
        if let token = entry["identitytoken"]?.string, !token.isEmpty { return .identityToken(token) }
        if let token = entry["registrytoken"]?.string, !token.isEmpty { return .registryToken(token) }
        if let auth = entry["auth"]?.string, !auth.isEmpty {
            guard let bytes = Base64.decode(auth), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            return .password(
                name: String(decoding: bytes[..<colon], as: UTF8.self),
                password: String(decoding: bytes[(colon + 1)...], as: UTF8.self)
            )
        }
        guard let name = entry["username"]?.string, !name.isEmpty, let password = entry["password"]?.string else {
            return nil
        }
        return .password(name: name, password: password)
    }

    /// Keeps a credential in the file itself.
    mutating func set(_ credential: Credential, for server: CredentialServer) {
        var entry = JSONObject()
        switch credential {
        case .password(let name, let password):
            entry["auth"] = .string(Base64.encode(Array("\(name):\(password)".utf8)))
        case .identityToken(let token):
            entry["auth"] = .string(Base64.encode(Array("\(Credential.tokenName):".utf8)))
            entry["identitytoken"] = .string(token)
        case .registryToken(let token): entry["registrytoken"] = .string(token)
        }
        var auths = object["auths"]?.object ?? JSONObject()
        auths.members.removeAll { CredentialServer.normalized($0.key) == CredentialServer.normalized(server.key) }
        auths[server.key] = .object(entry)
        object["auths"] = .object(auths)
    }

    /// Forgets the credential of `server`.
    ///
    /// - Returns: Whether there was an entry.
    mutating func remove(_ server: CredentialServer) -> Bool {
        guard var auths = object["auths"]?.object else { return false }
        let count = auths.members.count
        let names = server.names.map { CredentialServer.normalized($0) }
        auths.members.removeAll { names.contains(CredentialServer.normalized($0.key)) }
        object["auths"] = .object(auths)
        return auths.members.count < count
    }
}
