// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// One entry of the list of errors in a registry's answer.
///
/// - SeeAlso: OCI distribution-spec 1.1, "Error Codes".
public struct RegistryMessage: Hashable, Sendable, CustomStringConvertible {
    /// The code, for example `MANIFEST_UNKNOWN`; at most 64 characters.
    public let code: String
    /// The registry's words, shortened to 200 characters and with control characters escaped; empty if there are none.
    public let message: String

    /// Creates an entry from the texts of a stranger.
    init(code: String, message: String) {
        self.code = ASCII.excerpt(code, limit: 64)
        self.message = ASCII.excerpt(message)
    }

    /// For example `MANIFEST_UNKNOWN (manifest unknown)`.
    public var description: String { message.isEmpty || message == code ? code : "\(code) (\(message))" }

    /// Reads the body of an answer; empty if it is no such list.
    static func read(_ body: [UInt8]) -> [RegistryMessage] {
        let document: JSONValue
        do throws(JSONError) { document = try JSONValue(json: body, limits: JSONLimits(size: 1 << 20)) } catch {
            return []
        }
        guard let object = document.object else { return [] }
        let entries = object["errors"]?.array ?? []
        let listed = entries.prefix(16).compactMap { entry -> RegistryMessage? in
            guard let entry = entry.object, let code = entry["code"]?.string else { return nil }
            return RegistryMessage(code: code, message: entry["message"]?.string ?? "")
        }
        if !listed.isEmpty { return listed }
        // Token servers speak as RFC 6749, section 5.2 has it, or with a bare `details`.
        guard let code = object["error"]?.string ?? object["details"]?.string else { return [] }
        return [RegistryMessage(code: code, message: object["error_description"]?.string ?? "")]
    }
}
