// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Keeps names that a stranger chose from leading to services of this machine or its network.
struct AddressGuard: Sendable {
    let transport: any RegistryTransport
    let proxies: ProxySettings

    /// Decides how `origin` is connected to, that `endpoint` led to.
    ///
    /// - Returns: The address to connect to, looked up and checked, so that a second answer of the name's server cannot
    ///   change it; `nil` where the endpoint's own host is meant, or a proxy looks names up.
    /// - Throws: `Refusal`, or the transport's error.
    func address(for origin: RegistryURL.Origin, from endpoint: Endpoint) async throws -> NetworkAddress? {
        if origin.host == endpoint.origin.host { return nil }
        if proxies.proxy(for: origin) != nil, origin.address == nil { return nil }
        let address = try await address(of: origin)
        guard address.reach != .global else { return address }
        // A registry within a private network may lead to another host there.
        let home = try await self.address(of: endpoint.origin)
        guard address.reach != .special,
            home.reach == address.reach || home.reach == .loopback && address.reach == .private
        else { throw Refusal(host: origin.host, reach: address.reach) }
        return address
    }

    private func address(of origin: RegistryURL.Origin) async throws -> NetworkAddress {
        if let address = origin.address { return address }
        return try await transport.resolve(origin.host, port: origin.port)
    }

    /// Why a host is not connected to.
    struct Refusal: Error, Hashable, Sendable {
        let host: String
        let reach: NetworkAddress.Reach
    }
}
