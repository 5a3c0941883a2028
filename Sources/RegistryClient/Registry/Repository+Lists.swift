// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

extension Repository {
    /// The tags of the repository, in the registry's order.
    ///
    /// - Parameter pageSize: How many tags one request asks for; `nil` leaves it to the registry.
    /// - Returns: All tags.
    /// - Throws: ``RegistryError``: `notFound`, `limitExceeded`, `invalidResponse`, and whatever keeps the registry
    ///   from answering.
    /// - SeeAlso: OCI distribution-spec 1.1, "Listing Tags" (end-8).
    public func tags(pageSize: Int? = nil) async throws(RegistryError) -> [String] {
        var call = call(.tags, .get, "tags/list", accepted: [200])
        if let pageSize { call.query = [("n", "\(pageSize)")] }
        return try await registry.list(call, "tags") { (value) throws(ListProblem) in
            guard let tag = value.string, (try? Reference(registry: "registry", repository: "name", tag: tag)) != nil
            else {
                throw ListProblem(detail: "the list has an entry that is no tag")
            }
            return tag
        }
    }

    /// What refers to a manifest: signatures, attestations and the like.
    ///
    /// A registry that does not know the question is asked for the tag that clients keep the list under instead.
    ///
    /// - Parameters:
    ///   - digest: The digest of the manifest.
    ///   - artifactType: The type wanted; `nil` for all.
    /// - Returns: Their descriptors; empty if there are none.
    /// - Throws: ``RegistryError``: `limitExceeded` for more than 1000, `invalidDocument`, `invalidResponse`, and
    ///   whatever keeps the registry from answering.
    /// - SeeAlso: OCI distribution-spec 1.1, "Listing Referrers" (end-12), "Referrers Tag Schema".
    public func referrers(
        of digest: Digest,
        artifactType: MediaType? = nil
    ) async throws(RegistryError) -> [Descriptor] {
        var call = call(.referrers, .get, "referrers/\(digest)", reference: "\(digest)", accepted: [200, 404])
        call.headers.append("Accept", MediaType.imageIndex.rawValue)
        if let artifactType { call.query = [("artifactType", artifactType.rawValue)] }
        var found: [Descriptor] = []
        var pages = 0
        while true {
            let answer = try await registry.perform(call)
            if answer.status == 404 {
                found = try await taggedReferrers(of: digest)?.manifests ?? []
                break
            }
            let index = try await referrers(in: answer)
            found += index.manifests
            pages += 1
            guard found.count <= RegistryLimits.referrers, pages <= RegistryLimits.pages else {
                throw RegistryError(
                    .limitExceeded,
                    .referrers,
                    call.subject,
                    "there are more than the \(RegistryLimits.referrers) referrers allowed"
                )
            }
            guard let next = try registry.nextPage(answer) else { break }
            call.location = next
            call.query = []
        }
        // A registry may leave the choice to the client.
        return found.filter { artifactType == nil || $0.artifactType == artifactType }
    }

    private func referrers(in answer: RegistryAnswer) async throws(RegistryError) -> ImageIndex {
        let type = (answer.headers["Content-Type"] ?? "").prefix { $0 != ";" }
        guard ASCII.equal(String(type), MediaType.imageIndex.rawValue) else {
            throw RegistryError(
                .invalidResponse,
                .referrers,
                answer.call.subject,
                "the list is of type \(ASCII.excerpt(String(type), limit: 80))",
                status: answer.status
            )
        }
        let body = try await answer.body(limit: RegistryLimits.document)
        do throws(JSONError) { return try ImageIndex(json: body, mediaType: .imageIndex) } catch {
            throw RegistryError(.invalidDocument, .referrers, answer.call.subject, cause: .document(error))
        }
    }

    /// The list that clients keep under a tag; `nil` if there is none.
    func taggedReferrers(of digest: Digest) async throws(RegistryError) -> ImageIndex? {
        let document: FetchedManifest
        do throws(RegistryError) { document = try await manifest(Self.referrersTag(digest)) } catch {
            if error.code == .notFound { return nil }
            throw error
        }
        do throws(JSONError) {
            return try ImageIndex(json: document.bytes, mediaType: document.descriptor.mediaType)
        } catch {
            throw RegistryError(
                .invalidDocument,
                .referrers,
                subject(Self.referrersTag(digest)),
                cause: .document(error)
            )
        }
    }

    /// The tag under which clients keep the list of what refers to a manifest.
    static func referrersTag(_ digest: Digest) -> String {
        "\(digest.algorithm.rawValue.prefix(32))-\(digest.encoded.prefix(64))"
    }

    /// Deletes a manifest by its digest, or a tag.
    ///
    /// - Parameter selector: A digest, or a tag where the registry can delete tags.
    /// - Throws: ``RegistryError``: `notFound`, `unsupported`, `denied`, and whatever keeps the registry from answering.
    /// - SeeAlso: OCI distribution-spec 1.1, "Content Management" (end-9).
    public func deleteManifest(_ selector: String) async throws(RegistryError) {
        let call = call(
            .delete,
            .delete,
            "manifests/\(selector)",
            reference: selector,
            [.pull, .delete],
            accepted: [202]
        )
        _ = try await registry.perform(call)
    }

    /// Deletes a blob.
    ///
    /// - Parameter digest: The blob's digest.
    /// - Throws: ``RegistryError``: `notFound`, `unsupported`, `denied`, and whatever keeps the registry from answering.
    /// - SeeAlso: OCI distribution-spec 1.1, "Deleting Blobs" (end-10).
    public func deleteBlob(_ digest: Digest) async throws(RegistryError) {
        let call = call(.delete, .delete, "blobs/\(digest)", reference: "\(digest)", [.pull, .delete], accepted: [202])
        _ = try await registry.perform(call)
    }
}

/// Why an entry of a list is none.
struct ListProblem: Error, Hashable, Sendable { let detail: String }

extension Registry {
    /// The repositories of the registry, as far as it tells.
    ///
    /// - Parameter pageSize: How many names one request asks for; `nil` leaves it to the registry.
    /// - Returns: The names.
    /// - Throws: ``RegistryError``: `unsupported`, `notFound`, `denied`, and as ``Repository/tags(pageSize:)``.
    /// - SeeAlso: docker's registry API, "Listing Repositories"; OCI distribution-spec 1.1 reserves the path.
    public func repositories(pageSize: Int? = nil) async throws(RegistryError) -> [String] {
        var call = RegistryCall(
            step: .catalog,
            subject: .init(registry: name),
            method: .get,
            path: "/v2/_catalog",
            scopes: [.catalog],
            accepted: [200]
        )
        if let pageSize { call.query = [("n", "\(pageSize)")] }
        return try await list(call, "repositories") { (value) throws(ListProblem) in
            guard let name = value.string, (try? Reference(registry: "registry", repository: name)) != nil else {
                throw ListProblem(detail: "the list has an entry that is no repository")
            }
            return name
        }
    }

    /// Reads a list over all of its pages.
    func list(
        _ first: RegistryCall,
        _ member: String,
        _ entry: (JSONValue) throws(ListProblem) -> String
    ) async throws(RegistryError) -> [String] {
        var call = first
        var entries: [String] = []
        for _ in 0..<RegistryLimits.pages {
            let answer = try await perform(call)
            let body = try await answer.body(limit: RegistryLimits.page)
            do throws(JSONError) {
                let object = try JSONObject(json: body)
                // Go writes an empty list as `null`.
                for value in object[member]?.array ?? [] {
                    do throws(ListProblem) { entries.append(try entry(value)) } catch {
                        throw JSONError(.invalidValue, offset: 0, detail: error.detail)
                    }
                }
            } catch {
                throw RegistryError(.invalidDocument, call.step, call.subject, cause: .document(error))
            }
            guard let next = try nextPage(answer) else { return entries }
            call.location = next
            call.query = []
        }
        throw RegistryError(
            .limitExceeded,
            call.step,
            call.subject,
            "the list has more than the \(RegistryLimits.pages) pages allowed"
        )
    }

    /// Where the next page is; `nil` after the last. It is never on another server.
    func nextPage(_ answer: RegistryAnswer) throws(RegistryError) -> RegistryURL? {
        guard let link = LinkHeader.next(answer.headers[all: "Link"]) else { return nil }
        let url: RegistryURL
        do throws(RegistryURL.Problem) { url = try answer.url.resolving(link) } catch {
            throw RegistryError(
                .invalidResponse,
                answer.call.step,
                answer.call.subject,
                "the link to the next page: \(error.rawValue)"
            )
        }
        guard url.origin == answer.url.origin else {
            throw RegistryError(
                .redirectRefused,
                answer.call.step,
                answer.call.subject,
                "the next page is said to be at \(url.origin)"
            )
        }
        return url
    }
}
