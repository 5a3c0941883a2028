// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import Synchronization

@testable import RegistryClient

/// An answer of a script.
struct ScriptedResponse: Sendable {
    var status = 200
    var headers: [(String, String)] = []
    var body: [UInt8] = []
    /// The body is given in pieces of this size.
    var pieceSize = 4096
    /// What happens in place of the end of the body.
    var ending: TransportError?
    /// Time that passes on the test's clock before each piece.
    var delay = Duration.zero

    static func status(_ status: Int, _ headers: [(String, String)] = [], _ body: String = "") -> ScriptedResponse {
        ScriptedResponse(status: status, headers: headers, body: Array(body.utf8))
    }
}

/// A request as a script saw it.
struct SeenRequest: Sendable, CustomStringConvertible {
    let method: String
    let url: RegistryURL
    let headers: HTTPHeaders
    let body: [UInt8]
    let address: NetworkAddress?

    var line: String { "\(method) \(url.text)" }
    var authorization: String? { headers["Authorization"] }
    var description: String { line }

    func query(_ name: String) -> String? {
        let parts = url.target.split(separator: "?", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        for item in parts[1].split(separator: "&") where item.hasPrefix("\(name)=") {
            return String(item.dropFirst(name.count + 1))
        }
        return nil
    }

    var path: String { String(url.target.prefix { $0 != "?" }) }
}

/// A time in which nothing passes but what is waited.
final class TestClock: Sendable {
    private let time = Mutex(Duration.zero)
    private let waits = Mutex<[Duration]>([])

    var pacer: Pacer {
        Pacer(
            now: { self.time.withLock { $0 } },
            sleep: { wait in
                try Task.checkCancellation()
                self.waits.withLock { $0.append(wait) }
                self.advance(wait)
                await Task.yield()
            },
            random: { 1 }
        )
    }

    var slept: [Duration] { waits.withLock { $0 } }

    func advance(_ duration: Duration) { time.withLock { $0 += duration } }
}

/// Servers that are played by a function.
final class ScriptedTransport: RegistryTransport {
    typealias Script = @Sendable (SeenRequest) async throws -> ScriptedResponse

    private let script: Script
    private let addresses: [String: String]
    private let log = Mutex<[SeenRequest]>([])
    let clock = TestClock()

    /// What `addresses` does not have has the address 203.0.113.1.
    init(addresses: [String: String] = [:], _ script: @escaping Script) {
        self.script = script
        self.addresses = addresses
    }

    var seen: [SeenRequest] { log.withLock { $0 } }

    /// The requests that a host got.
    func seen(by host: String) -> [SeenRequest] { seen.filter { $0.url.origin.host == host } }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        if Task.isCancelled { throw TransportError(.cancelled, "") }
        let response: ScriptedResponse
        do {
            let seen = SeenRequest(
                method: request.method.rawValue,
                url: request.url,
                headers: request.headers,
                body: try await Self.read(request.body),
                address: request.address
            )
            log.withLock { $0.append(seen) }
            response = try await script(seen)
        } catch let error as TransportError {
            throw error
        } catch {
            throw TransportError(.requestBody, "\(error)")
        }
        let rest = Mutex(request.method == .head ? [][...] : response.body[...])
        let isEnded = Mutex(false)
        let clock = clock
        return TransportResponse(status: response.status, headers: HTTPHeaders(response.headers)) {
            () async throws(TransportError) in
            if Task.isCancelled { throw TransportError(.cancelled, "") }
            let piece = rest.withLock { rest in
                let piece = Array(rest.prefix(response.pieceSize))
                rest = rest.dropFirst(piece.count)
                return piece
            }
            clock.advance(response.delay)
            if !piece.isEmpty { return piece }
            if let ending = response.ending, !isEnded.withLock({ $0 }) {
                isEnded.withLock { $0 = true }
                throw ending
            }
            return nil
        }
    }

    func resolve(_ host: String, port: Int) async throws(TransportError) -> NetworkAddress {
        if let address = NetworkAddress(host) { return address }
        guard let address = NetworkAddress(addresses[host] ?? "203.0.113.1") else {
            throw TransportError(.nameNotFound, "no address for the name \(host)")
        }
        return address
    }

    private static func read(_ body: TransportRequest.Body) async throws -> [UInt8] {
        switch body {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .stream(let length, let pieces):
            var all: [UInt8] = []
            let source = try pieces()
            while let piece = try await source.next() { all += piece }
            guard all.count == length else { throw TransportError(.requestBody, "length") }
            return all
        }
    }

    /// A client of these servers.
    func registry(
        _ name: String = "registry.example.com",
        _ credentials: CredentialSource = .none,
        _ change: (inout RegistryConfiguration) -> Void = { _ in }
    ) -> Registry {
        var configuration = RegistryConfiguration()
        change(&configuration)
        return Registry(name, configuration, credentials, self, pacer: clock.pacer)
    }
}

/// The error that `body` throws.
func failure(
    _ body: () async throws(RegistryError) -> Void
) async -> RegistryError? {
    do throws(RegistryError) {
        try await body()
        return nil
    } catch {
        return error
    }
}

/// A reference of a test.
func parsed(_ reference: String) throws(RegistryError) -> Reference {
    do throws(FormatError) { return try Reference(reference) } catch {
        throw RegistryError(.configuration, .ping, .init(registry: reference), "\(error)")
    }
}
