// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
internal import LinuxSystem
internal import OCISpec

/// Brings one blob into a store, over as many requests as it takes.
struct BlobDownload: Sendable {
    let repository: Repository
    let descriptor: Descriptor
    let store: BlobStore
    /// Whether the blob stays in the store once it was taken.
    let isKept: Bool
    let onEvent: @Sendable (PullEvent) -> Void

    /// Bytes between two reports.
    private static let reportInterval: Int64 = 256 << 10
    /// The wait between two looks at a blob that somebody else is fetching.
    private static let look = Duration.milliseconds(200)

    private var registry: Registry { repository.registry }
    private var subject: RegistryError.Subject { repository.subject("\(descriptor.digest)") }

    /// Fetches the blob unless the store has it.
    ///
    /// What arrives is hashed on its way into the store and becomes visible after size and digest were compared. What
    /// has arrived before a failure stays, and the next call goes on with it.
    ///
    /// - Parameter feed: Who takes the layer; `nil` for a blob that nobody takes.
    /// - Throws: ``RegistryError``.
    func run(_ feed: LayerFeed?) async throws(RegistryError) {
        var isWaiting = false
        while true {
            if try isPresent() {
                report(.exists)
                if let feed { try await hand(on: feed) }
                return
            }
            if let partial = try stored({ () throws(ImageLayoutError) in try store.partial(descriptor) }) {
                var feed = feed
                do throws(RegistryError) { try await complete(partial, &feed) } catch {
                    await feed?.abandon()
                    throw error
                }
                return
            }
            if !isWaiting { report(.waiting) }
            isWaiting = true
            try await registry.pause(Self.look, call(from: 0, validator: nil))
        }
    }

    private func isPresent() throws(RegistryError) -> Bool {
        guard let size = try stored({ () throws(ImageLayoutError) in try store.size(of: descriptor.digest) }) else {
            return false
        }
        guard size == descriptor.size else {
            throw RegistryError(
                .sizeMismatch,
                .store,
                subject,
                "its descriptor says \(descriptor.size) bytes, the store has \(size) under its digest"
            )
        }
        return true
    }

    /// Hands on a layer that was here before.
    private func hand(on feed: LayerFeed) async throws(RegistryError) {
        var feed = feed
        let blob = try stored { () throws(ImageLayoutError) in try store.open(descriptor) }
        do {
            try await feed.begin(try blob.file.duplicate())
            try feed.grow(to: blob.size)
            try await feed.finish()
        } catch {
            throw refused(error)
        }
    }

    private func complete(_ blob: consuming PartialBlob, _ feed: inout LayerFeed?) async throws(RegistryError) {
        var blob = blob
        var failures = 0
        if feed != nil { try await begin(&feed, blob) }
        while true {
            let (before, wasResumed) = (blob.size, blob.isResumed)
            var broken: RegistryError?
            if blob.size < descriptor.size || descriptor.size == 0 { broken = try await receive(into: &blob, &feed) }
            guard let broken else {
                report(.verifying)
                do throws(ImageLayoutError) {
                    try blob.check()
                    break
                } catch {
                    // Bytes of an earlier run may have been the wrong ones: once more, from the beginning.
                    guard error.code == .digestMismatch, wasResumed else { throw RegistryError(error, .blob, subject) }
                    if feed != nil { try await begin(&feed, blob) }
                    continue
                }
            }
            // Progress begins the count anew: what matters is that it goes on.
            failures = blob.size > before ? 1 : failures + 1
            let policy = registry.configuration.retries
            guard let wait = policy.wait(after: failures, wish: nil, random: registry.pacer.random()) else {
                throw broken
            }
            report(.retrying(after: wait))
            try await registry.pause(wait, call(from: 0, validator: nil))
        }
        if feed != nil {
            report(.unpacking)
            try await finish(&feed)
        }
        do throws(ImageLayoutError) { if isKept { try blob.commit() } else { try blob.discard() } } catch {
            throw RegistryError(error, .store, subject)
        }
        report(.complete)
    }

    /// Hands the layer on from its start, as far as it has come.
    private func begin(_ feed: inout LayerFeed?, _ blob: borrowing PartialBlob) async throws(RegistryError) {
        let file = try stored { () throws(ImageLayoutError) in try blob.reader() }
        do {
            try await feed?.begin(file)
            try feed?.grow(to: blob.size)
        } catch {
            throw refused(error)
        }
    }

    private func finish(_ feed: inout LayerFeed?) async throws(RegistryError) {
        do { try await feed?.finish() } catch { throw refused(error) }
    }

    private func refused(_ error: any Error) -> RegistryError {
        RegistryError(.layerRefused, .receive, subject, "\(error)")
    }

    /// Asks for what is missing and writes what arrives.
    ///
    /// - Returns: Why it broke off, where asking for the rest can help; `nil` if all has arrived.
    private func receive(
        into blob: inout PartialBlob,
        _ feed: inout LayerFeed?
    ) async throws(RegistryError) -> RegistryError? {
        let answer = try await registry.perform(call(from: blob.size, validator: blob.validator))
        if let encoding = answer.headers["Content-Encoding"], !ASCII.equal(encoding, "identity") {
            throw invalid(answer, "the blob is encoded as \(ASCII.excerpt(encoding, limit: 40))")
        }
        switch answer.status {
        case 206:
            guard blob.size > 0 else { throw invalid(answer, "a part was sent that nobody asked for") }
            try checkPart(answer, blob.size)
        case 416:
            // The server has less than what is here: it cannot be the same content.
            try await restart(&blob, &feed)
            return RegistryError(.invalidResponse, .blob, subject, "the part asked for is not there", status: 416)
        default:
            // The whole blob, although a part was asked for: the server cannot do parts, or has another version.
            if blob.size > 0 { try await restart(&blob, &feed) }
            try checkLength(answer)
        }
        let validator = answer.headers["ETag"]
        try stored { () throws(ImageLayoutError) in
            try blob.note(validator: validator?.hasPrefix("W/") == true ? nil : validator)
        }
        report(.downloading(received: blob.size))
        var reported = blob.size
        while true {
            let piece: [UInt8]?
            do throws(RegistryError) { piece = try await answer.next() } catch {
                guard error.isTransient else { throw error }
                return error
            }
            guard let piece else { break }
            do throws(ImageLayoutError) { try blob.write(piece) } catch {
                if error.code == .sizeMismatch { try await restart(&blob, &feed) }
                throw RegistryError(error, .blob, subject)
            }
            do { try feed?.grow(to: blob.size) } catch { throw refused(error) }
            if blob.size - reported >= Self.reportInterval {
                reported = blob.size
                report(.downloading(received: blob.size))
            }
        }
        report(.downloading(received: blob.size))
        if blob.size == descriptor.size { return nil }
        return RegistryError(
            .sizeMismatch,
            .blob,
            subject,
            "the answer ends after \(blob.size) of \(descriptor.size) bytes",
            status: answer.status
        )
    }

    private func checkPart(_ answer: RegistryAnswer, _ offset: Int64) throws(RegistryError) {
        guard let text = answer.headers["Content-Range"], let range = ByteRange(contentRange: text) else {
            throw invalid(answer, "the answer does not say which part it is")
        }
        guard range.first == offset, range.total == nil || range.total == descriptor.size, range.last < descriptor.size
        else {
            throw invalid(answer, "bytes \(offset) and on were asked for, \(ASCII.excerpt(text, limit: 60)) arrived")
        }
    }

    private func checkLength(_ answer: RegistryAnswer) throws(RegistryError) {
        guard let text = answer.headers["Content-Length"] else { return }
        guard let length = ASCII.number(text.utf8) else {
            throw invalid(answer, "its length is \(ASCII.excerpt(text, limit: 40))")
        }
        guard length == descriptor.size else {
            throw RegistryError(
                .sizeMismatch,
                .blob,
                subject,
                "its descriptor says \(descriptor.size) bytes, the registry \(length)",
                status: answer.status
            )
        }
    }

    private func restart(_ blob: inout PartialBlob, _ feed: inout LayerFeed?) async throws(RegistryError) {
        // Nobody reads what is being taken away.
        await feed?.abandon()
        do throws(ImageLayoutError) { try blob.restart() } catch { throw RegistryError(error, .store, subject) }
        if feed != nil { try await begin(&feed, blob) }
    }

    private func call(from offset: Int64, validator: String?) -> RegistryCall {
        var call = repository.call(
            .blob,
            .get,
            "blobs/\(descriptor.digest)",
            reference: "\(descriptor.digest)",
            accepted: offset > 0 ? [200, 206, 416] : [200, 206]
        )
        call.usesMirrors = true
        // Otherwise a server may compress what is compressed, and the bytes would be others.
        call.headers.append("Accept-Encoding", "identity")
        if offset > 0 {
            call.headers.append("Range", "bytes=\(offset)-")
            if let validator { call.headers.append("If-Range", validator) }
        }
        return call
    }

    private func invalid(_ answer: RegistryAnswer, _ detail: String) -> RegistryError {
        RegistryError(.invalidResponse, .blob, subject, detail, status: answer.status)
    }

    private func stored<Value: ~Copyable>(
        _ body: () throws(ImageLayoutError) -> Value
    ) throws(RegistryError) -> Value {
        do throws(ImageLayoutError) { return try body() } catch { throw RegistryError(error, .store, subject) }
    }

    private func report(_ state: PullEvent.BlobState) { onEvent(.blob(descriptor, state)) }
}
