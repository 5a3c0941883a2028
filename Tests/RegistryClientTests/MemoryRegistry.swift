// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Crypto
import OCISpec
import Synchronization

@testable import RegistryClient

/// A registry in memory that does what the specification says, until a test's fault gets in its way.
final class MemoryRegistry: Sendable {
    struct State: Sendable {
        var blobs: [String: [UInt8]] = [:]
        var manifests: [String: (type: String, bytes: [UInt8])] = [:]
        var tags: [String: String] = [:]
        var uploads: [String: [UInt8]] = [:]
        var repositories: [String: Set<String>] = [:]
        var begun = 0
    }

    let state = Mutex(State())
    /// Answers in place of the registry; gets how often this request was made before.
    private let fault: @Sendable (SeenRequest, Int) throws -> ScriptedResponse?
    private let counts = Mutex<[String: Int]>([:])
    let keepsReferrers: Bool

    init(
        keepsReferrers: Bool = false,
        fault: @escaping @Sendable (SeenRequest, Int) throws -> ScriptedResponse? = { _, _ in nil }
    ) {
        self.keepsReferrers = keepsReferrers
        self.fault = fault
    }

    func transport(addresses: [String: String] = [:]) -> ScriptedTransport {
        ScriptedTransport(addresses: addresses) { try self.answer($0) }
    }

    /// Puts an image with one layer for each of `layers` under the tag.
    @discardableResult
    func add(
        _ layers: [[UInt8]],
        tag: String = "latest",
        type: MediaType = .imageManifest,
        change: (inout ImageManifest) -> Void = { _ in }
    ) -> Descriptor {
        let isDocker = type == .dockerManifest
        let configuration = ImageConfiguration(
            architecture: "amd64",
            os: "linux",
            rootfs: .init(diffIDs: layers.map { Repository.digest(of: $0) })
        ).json()
        var manifest = ImageManifest(
            mediaType: type,
            config: Self.describe(configuration, isDocker ? .dockerImageConfiguration : .imageConfiguration),
            layers: layers.map { Self.describe($0, isDocker ? .dockerLayer : .layer) }
        )
        change(&manifest)
        let bytes = manifest.json()
        let descriptor = Self.describe(bytes, type)
        state.withLock { state in
            for blob in layers + [configuration] { state.blobs["\(Repository.digest(of: blob))"] = blob }
            state.manifests["\(descriptor.digest)"] = (type.rawValue, bytes)
            state.tags[tag] = "\(descriptor.digest)"
        }
        return descriptor
    }

    /// Puts an index under the tag.
    func add(index manifests: [Descriptor], tag: String = "latest", type: MediaType = .imageIndex) -> Descriptor {
        let bytes = ImageIndex(mediaType: type, manifests: manifests).json()
        let descriptor = Self.describe(bytes, type)
        state.withLock { state in
            state.manifests["\(descriptor.digest)"] = (type.rawValue, bytes)
            state.tags[tag] = "\(descriptor.digest)"
        }
        return descriptor
    }

    static func describe(_ bytes: [UInt8], _ type: MediaType) -> Descriptor {
        Descriptor(mediaType: type, digest: Repository.digest(of: bytes), size: Int64(bytes.count))
    }

    func answer(_ request: SeenRequest) throws -> ScriptedResponse {
        let key = "\(request.method) \(request.path)"
        let count = counts.withLock { counts in
            counts[key, default: 0] += 1
            return counts[key, default: 1] - 1
        }
        if let response = try fault(request, count) { return response }
        let parts = request.path.split(separator: "/").map(String.init)
        if parts == ["v2"] { return .status(200) }
        if parts == ["v2", "_catalog"] { return .status(200, [], #"{"repositories":["a","b/c"]}"#) }
        guard parts.count >= 4, parts[0] == "v2" else { return .status(404) }
        if let place = parts.firstIndex(of: "uploads") {
            return upload(
                request,
                parts.count > place + 1 ? parts[place + 1] : nil,
                repository: parts[1..<(place - 1)].joined(separator: "/")
            )
        }
        let repository = parts[1..<(parts.count - 2)].joined(separator: "/")
        switch parts[parts.count - 2] {
        case "blobs": return blob(request, parts[parts.count - 1], repository)
        case "manifests": return manifest(request, parts[parts.count - 1])
        case "tags": return .status(200, [], #"{"name":"x","tags":["a","b"]}"#)
        default: return .status(404, [], #"{"errors":[{"code":"UNSUPPORTED"}]}"#)
        }
    }

    private func blob(_ request: SeenRequest, _ digest: String, _ repository: String) -> ScriptedResponse {
        let found = state.withLock { state in
            state.repositories.isEmpty || state.repositories[digest]?.contains(repository) == true
                ? state.blobs[digest] : nil
        }
        guard let bytes = found else {
            return .status(404, [], #"{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown"}]}"#)
        }
        if request.method == "DELETE" {
            state.withLock { $0.blobs[digest] = nil }
            return .status(202)
        }
        var headers = [("ETag", "\"\(digest)\""), ("Accept-Ranges", "bytes")]
        if let range = request.headers["Range"], let first = Int(range.dropFirst(6).dropLast()) {
            guard first < bytes.count else { return .status(416) }
            headers.append(("Content-Range", "bytes \(first)-\(bytes.count - 1)/\(bytes.count)"))
            headers.append(("Content-Length", "\(bytes.count - first)"))
            return ScriptedResponse(status: 206, headers: headers, body: Array(bytes[first...]))
        }
        headers.append(("Content-Length", "\(bytes.count)"))
        return ScriptedResponse(headers: headers, body: bytes)
    }

    private func manifest(_ request: SeenRequest, _ selector: String) -> ScriptedResponse {
        switch request.method {
        case "PUT":
            let digest = "\(Repository.digest(of: request.body))"
            state.withLock { state in
                state.manifests[digest] = (request.headers["Content-Type"] ?? "", request.body)
                if !selector.contains(":") { state.tags[selector] = digest }
            }
            var headers = [("Docker-Content-Digest", digest), ("Location", "/x")]
            if keepsReferrers, let manifest = try? ImageManifest(json: request.body), let subject = manifest.subject {
                headers.append(("OCI-Subject", "\(subject.digest)"))
            }
            return ScriptedResponse(status: 201, headers: headers)
        case "DELETE":
            return state.withLock { $0.manifests.removeValue(forKey: selector) } == nil ? .status(404) : .status(202)
        default:
            let found = state.withLock { state in
                let digest = state.tags[selector] ?? selector
                return state.manifests[digest].map { (digest, $0.type, $0.bytes) }
            }
            guard let (digest, type, bytes) = found else {
                return .status(404, [], #"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#)
            }
            return ScriptedResponse(headers: [("Content-Type", type), ("Docker-Content-Digest", digest)], body: bytes)
        }
    }

    private func upload(_ request: SeenRequest, _ id: String?, repository: String) -> ScriptedResponse {
        state.withLock { state in
            guard let id else {
                if let digest = request.query("mount"), let from = request.query("from"),
                    state.repositories[digest]?.contains(from) == true
                {
                    state.repositories[digest]?.insert(repository)
                    return .status(201, [("Location", "/v2/\(repository)/blobs/\(digest)")])
                }
                state.begun += 1
                state.uploads["\(state.begun)"] = []
                return .status(202, [("Location", "/v2/\(repository)/blobs/uploads/\(state.begun)?_state=s%2F1")])
            }
            guard let present = state.uploads[id] else {
                return .status(404, [], #"{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}"#)
            }
            let location = ("Location", "/v2/\(repository)/blobs/uploads/\(id)?_state=s%2F1")
            switch request.method {
            case "PATCH":
                let first = request.headers["Content-Range"].flatMap { Int($0.prefix { $0 != "-" }) } ?? 0
                guard first == present.count else {
                    return .status(416, [location, ("Range", "0-\(max(0, present.count - 1))")])
                }
                state.uploads[id] = present + request.body
                return .status(202, [location, ("Range", "0-\(present.count + request.body.count - 1)")])
            case "GET": return .status(204, [location, ("Range", "0-\(max(0, present.count - 1))")])
            case "DELETE":
                state.uploads[id] = nil
                return .status(204)
            default:
                let bytes = present + request.body
                let digest = "\(Repository.digest(of: bytes))"
                guard digest == request.query("digest") else {
                    return .status(400, [], #"{"errors":[{"code":"DIGEST_INVALID","message":"digest did not match"}]}"#)
                }
                state.uploads[id] = nil
                state.blobs[digest] = bytes
                if !state.repositories.isEmpty { state.repositories[digest, default: []].insert(repository) }
                return .status(
                    201,
                    [("Location", "/v2/\(repository)/blobs/\(digest)"), ("Docker-Content-Digest", digest)]
                )
            }
        }
    }
}
