// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#if Registry

internal import NIOCore
internal import NIOPosix

/// Asks the system for the addresses of a host.
struct HostResolver: Sendable {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    /// An address of the host, the first that the system names; `nil` if there is none.
    func address(of host: String, port: Int) async -> NetworkAddress? {
        if let address = NetworkAddress(host) { return address }
        // The system's function blocks for as long as the name's servers take.
        let found = try? await NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            try SocketAddress.makeAddressResolvingHost(host, port: port)
        }.get()
        return found.flatMap { $0.ipAddress }.flatMap { NetworkAddress($0) }
    }
}

#endif
