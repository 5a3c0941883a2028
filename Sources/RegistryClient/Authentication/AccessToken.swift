// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// A token that a token server gave.
struct AccessToken: Hashable, Sendable {
    /// The token.
    let value: String
    /// How long it is used from its arrival on.
    let lifetime: Duration
    /// A token to be kept for a login without password, if the server gave one.
    let refreshToken: String?

    /// Greatest size of an answer with a token, in bytes: 1 MiB.
    static let limit = 1 << 20
    /// Greatest size of a token, in bytes; more does not fit a header.
    static let greatestToken = 48 << 10

    /// Reads the answer of a token server.
    ///
    /// The lifetime is counted from the token's arrival, since clocks differ: a minute unless told otherwise, an hour at
    /// most, and a tenth less than told.
    ///
    /// - Parameter body: The answer.
    /// - Throws: `Problem` if it is malformed, or the token has bytes that a header cannot carry.
    init(_ body: [UInt8]) throws(Problem) {
        let object: JSONObject
        do throws(JSONError) { object = try JSONObject(json: body, limits: JSONLimits(size: Self.limit)) } catch {
            throw Problem(detail: "the token server's answer is no JSON object")
        }
        guard let value = object["token"]?.string ?? object["access_token"]?.string, !value.isEmpty else {
            throw Problem(detail: "the token server's answer has no token")
        }
        guard value.utf8.count <= Self.greatestToken, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Problem(detail: "the token server's token is too long or has characters that no header can carry")
        }
        self.value = value
        let refresh = object["refresh_token"]?.string
        refreshToken = refresh?.isEmpty == false ? refresh : nil
        let seconds = object["expires_in"]?.number?.integer(as: Int64.self) ?? 60
        lifetime = .seconds(min(max(seconds, 60), 3600)) * 0.9
    }

    /// Why an answer is none.
    struct Problem: Error, Hashable, Sendable { let detail: String }
}
