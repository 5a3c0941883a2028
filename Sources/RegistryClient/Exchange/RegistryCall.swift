// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// A request to a registry, before it is decided which server gets it and with which credentials.
struct RegistryCall: Sendable {
    /// What it is for.
    let step: RegistryError.Step
    /// What it is about.
    let subject: RegistryError.Subject
    /// The method.
    let method: TransportRequest.Method
    /// The path, beginning with `/v2/`; not used where there is a ``location``.
    var path = ""
    /// What is appended to the URL.
    var query: [(String, String)] = []
    /// Where a server said that the request should go.
    var location: RegistryURL?
    /// The header.
    var headers = HTTPHeaders()
    /// The body.
    var body = TransportRequest.Body.none
    /// What a token must allow.
    let scopes: [TokenScope]
    /// The statuses that are no failure.
    let accepted: Set<Int>
    /// Whether mirrors are asked first.
    var usesMirrors = false
    /// Whether the request can be sent again after a failure.
    var isRepeatable = true
}
