// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
public import OCISpec

/// Brings one blob into a repository, unless it is there or can be taken from another one.
///
/// - SeeAlso: OCI distribution-spec 1.1, "Push".
struct BlobUpload: Sendable {
    let repository: Repository
    let descriptor: Descriptor
    let store: BlobStore
    let options: PushOptions
    let onEvent: @Sendable (PushEvent) -> Void

    private var registry: Registry { repository.registry }
    private var subject: RegistryError.Subject { repository.subject("\(descriptor.digest)") }

    func run() async throws(RegistryError) {
        if try await repository.hasBlob(descriptor.digest) {
            report(.exists)
            return
        }
        let blob: SharedBlob
        do throws(ImageLayoutError) { blob = SharedBlob(try store.open(descriptor)) } catch {
            throw RegistryError(error, .upload, subject)
        }
        var session = try await mount()
        var failures = 0
        while true {
            guard let begun = session else { return }
            do throws(RegistryError) {
                switch options.upload {
                case .monolithic: try await send(blob, begun)
                case .chunked(let bytes): try await sendChunks(blob, begun, bytes: bytes)
                }
                report(.complete)
                return
            } catch {
                failures += 1
                let wait = registry.configuration.retries.wait(
                    after: failures,
                    wish: nil,
                    random: registry.pacer.random()
                )
                guard error.isTransient, let wait else {
                    await cancel(begun)
                    throw error
                }
                report(.retrying(after: wait))
                try await registry.pause(wait, call(.post, accepted: []))
            }
            session = try await begin()
        }
    }

    /// An upload that the registry has begun.
    private struct Session: Sendable {
        var location: RegistryURL
        /// The least size of a chunk that is not the last.
        var leastChunk: Int64
        let endpoint: Endpoint
    }

    /// Asks the registry to take the blob from where it may have it.
    ///
    /// - Returns: The upload that the registry began instead; `nil` if it has the blob now.
    private func mount() async throws(RegistryError) -> Session? {
        for source in options.mountSources where source != repository.name {
            var call = RegistryCall(
                step: .mount,
                subject: subject,
                method: .post,
                path: "/v2/\(repository.name)/blobs/uploads/",
                scopes: [TokenScope(repository.name, [.pull, .push]), TokenScope(source, [.pull])],
                accepted: [201, 202]
            )
            call.query = [("mount", "\(descriptor.digest)"), ("from", source)]
            let answer: RegistryAnswer
            do throws(RegistryError) { answer = try await registry.perform(call) } catch {
                // To ask was an attempt to be quick: what the other repository forbids or lacks is no failure.
                guard [.denied, .unauthorized, .notFound, .rejected, .unsupported].contains(error.code) else {
                    throw error
                }
                continue
            }
            if answer.status == 201 {
                report(.mounted(from: source))
                return nil
            }
            return try session(answer)
        }
        return try await begin()
    }

    private func begin() async throws(RegistryError) -> Session {
        var call = call(.post, accepted: [202])
        if descriptor.digest.algorithm != .sha256 {
            call.query = [("digest-algorithm", descriptor.digest.algorithm.rawValue)]
        }
        return try session(try await registry.perform(call))
    }

    private func session(_ answer: RegistryAnswer) throws(RegistryError) -> Session {
        let least = answer.headers["OCI-Chunk-Min-Length"].flatMap { ASCII.number($0.utf8) } ?? 0
        return Session(location: try location(answer), leastChunk: least, endpoint: answer.endpoint)
    }

    private func location(_ answer: RegistryAnswer) throws(RegistryError) -> RegistryURL {
        guard let text = answer.headers["Location"] else {
            throw RegistryError(.invalidResponse, .upload, subject, "the answer has no Location", status: answer.status)
        }
        do throws(RegistryURL.Problem) { return try answer.url.resolving(text) } catch {
            throw RegistryError(.invalidResponse, .upload, subject, "the answer's Location: \(error.rawValue)")
        }
    }

    private func send(_ blob: SharedBlob, _ session: Session) async throws(RegistryError) {
        report(.uploading(sent: 0))
        var call = call(.put, accepted: [201])
        call.location = session.location
        call.query = [("digest", "\(descriptor.digest)")]
        call.body = body(blob, 0..<blob.size)
        call.headers.append("Content-Type", "application/octet-stream")
        call.isRepeatable = false
        _ = try await registry.perform(call, on: session.endpoint)
    }

    private func sendChunks(_ blob: SharedBlob, _ begun: Session, bytes: Int) async throws(RegistryError) {
        var session = begun
        let size = max(Int64(max(bytes, 1)), session.leastChunk)
        var offset: Int64 = 0
        var failures = 0
        report(.uploading(sent: 0))
        while offset < blob.size {
            let end = min(blob.size, offset.addingReportingOverflow(size).partialValue)
            var call = call(.patch, accepted: [202])
            call.location = session.location
            call.body = body(blob, offset..<end)
            call.headers.append("Content-Type", "application/octet-stream")
            call.headers.append("Content-Range", "\(offset)-\(end - 1)")
            call.isRepeatable = false
            do throws(RegistryError) {
                let answer = try await registry.perform(call, on: session.endpoint)
                session.location = try location(answer)
                offset = try reached(answer, offset, end)
                failures = 0
            } catch {
                failures += 1
                let policy = registry.configuration.retries
                guard error.isTransient || error.status == 416,
                    let wait = policy.wait(after: failures, wish: nil, random: registry.pacer.random())
                else { throw error }
                report(.retrying(after: wait))
                try await registry.pause(wait, call)
                offset = try await status(&session)
            }
        }
        var call = call(.put, accepted: [201])
        call.location = session.location
        call.query = [("digest", "\(descriptor.digest)")]
        call.isRepeatable = false
        _ = try await registry.perform(call, on: session.endpoint)
    }

    /// How far the registry says it has come, which cannot be further than what was sent.
    private func reached(_ answer: RegistryAnswer, _ offset: Int64, _ end: Int64) throws(RegistryError) -> Int64 {
        guard let text = answer.headers["Range"] else { return end }
        guard let range = ByteRange(uploadRange: text), range.first == 0, range.last >= offset - 1, range.last < end
        else {
            throw RegistryError(
                .invalidResponse,
                .upload,
                subject,
                "bytes \(offset)-\(end - 1) were sent, the registry says it has \(ASCII.excerpt(text, limit: 40))"
            )
        }
        return range.last + 1
    }

    /// Asks how far an interrupted upload has come.
    private func status(_ session: inout Session) async throws(RegistryError) -> Int64 {
        var call = call(.get, accepted: [200, 202, 204])
        call.location = session.location
        let answer = try await registry.perform(call, on: session.endpoint)
        if answer.headers["Location"] != nil { session.location = try location(answer) }
        guard let text = answer.headers["Range"], let range = ByteRange(uploadRange: text), range.first == 0 else {
            return 0
        }
        guard range.last < descriptor.size else {
            throw RegistryError(.invalidResponse, .upload, subject, "the registry says it has more than was sent")
        }
        // Docker says `0-0` of an upload without a byte; a single byte that is sent again is refused there, and
        // the upload begins anew.
        return range.last == 0 ? 0 : range.last + 1
    }

    /// Tells the registry that nothing more comes; whether it hears does not matter.
    private func cancel(_ session: Session) async {
        var call = call(.delete, accepted: [200, 202, 204])
        call.location = session.location
        call.isRepeatable = false
        _ = try? await registry.perform(call, on: session.endpoint)
    }

    private func body(_ blob: SharedBlob, _ range: Range<Int64>) -> TransportRequest.Body {
        let (descriptor, onEvent) = (descriptor, onEvent)
        return .stream(length: range.upperBound - range.lowerBound) {
            BlobPieces(blob, range) { onEvent(.blob(descriptor, .uploading(sent: $0))) }
        }
    }

    private func call(_ method: TransportRequest.Method, accepted: Set<Int>) -> RegistryCall {
        repository.call(
            .upload,
            method,
            "blobs/uploads/",
            reference: "\(descriptor.digest)",
            [.pull, .push],
            accepted: accepted
        )
    }

    private func report(_ state: PushEvent.BlobState) { onEvent(.blob(descriptor, state)) }
}

extension Repository {
    /// Whether the repository has a blob.
    ///
    /// - Parameter digest: The blob's digest.
    /// - Returns: Whether it is there.
    /// - Throws: ``RegistryError`` for whatever keeps the registry from answering.
    /// - SeeAlso: OCI distribution-spec 1.1, "Checking if content exists in the registry" (end-2).
    public func hasBlob(_ digest: Digest) async throws(RegistryError) -> Bool {
        let call = call(
            .check,
            .head,
            "blobs/\(digest)",
            reference: "\(digest)",
            [.pull, .push],
            accepted: [200, 404]
        )
        return try await registry.perform(call).status == 200
    }

    /// Whether the repository has a manifest or an index.
    ///
    /// - Parameter selector: A tag or a digest.
    /// - Returns: Whether it is there.
    /// - Throws: ``RegistryError`` for whatever keeps the registry from answering.
    /// - SeeAlso: OCI distribution-spec 1.1, "Checking if content exists in the registry" (end-3).
    public func hasManifest(_ selector: String) async throws(RegistryError) -> Bool {
        var call = call(.check, .head, "manifests/\(selector)", reference: selector, accepted: [200, 404])
        for type in Self.documents { call.headers.append("Accept", type.rawValue) }
        return try await registry.perform(call).status == 200
    }
}
