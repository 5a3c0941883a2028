// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
internal import OCISpec

/// Brings one blob into a store, over as many requests as it takes.
struct BlobDownload: Sendable {
    let repository: Repository
    let descriptor: Descriptor
    let store: BlobStore
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
    /// - Throws: ``RegistryError``.
    func run() async throws(RegistryError) {
        var isWaiting = false
        while true {
            if try isPresent() {
                report(.exists)
                return
            }
            if let partial = try stored({ () throws(ImageLayoutError) in try store.partial(descriptor) }) {
                try await complete(partial)
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

    private func complete(_ blob: consuming PartialBlob) async throws(RegistryError) {
        var blob = blob
        var failures = 0
        while true {
            let (before, wasResumed) = (blob.size, blob.isResumed)
            var broken: RegistryError?
            if blob.size < descriptor.size || descriptor.size == 0 { broken = try await receive(into: &blob) }
            guard let broken else {
                report(.verifying)
                do throws(ImageLayoutError) {
                    try blob.check()
                    break
                } catch {
                    // Bytes of an earlier run may have been the wrong ones: once more, from the beginning.
                    guard error.code == .digestMismatch, wasResumed else { throw RegistryError(error, .blob, subject) }
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
        do throws(ImageLayoutError) { try blob.commit() } catch { throw RegistryError(error, .store, subject) }
        report(.complete)
    }

    /// Asks for what is missing and writes what arrives.
    ///
    /// - Returns: Why it broke off, where asking for the rest can help; `nil` if all has arrived.
    private func receive(into blob: inout PartialBlob) async throws(RegistryError) -> RegistryError? {
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
            try restart(&blob)
            return RegistryError(.invalidResponse, .blob, subject, "the part asked for is not there", status: 416)
        default:
            // The whole blob, although a part was asked for: the server cannot do parts, or has another version.
            if blob.size > 0 { try restart(&blob) }
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
                if error.code == .sizeMismatch { try restart(&blob) }
                throw RegistryError(error, .blob, subject)
            }
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

    private func restart(_ blob: inout PartialBlob) throws(RegistryError) {
        do throws(ImageLayoutError) { try blob.restart() } catch { throw RegistryError(error, .store, subject) }
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
