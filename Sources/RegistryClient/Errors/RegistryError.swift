// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import ImageLayout
public import LinuxSystem
public import OCISpec

/// An exchange with a registry that failed.
///
/// No credential, token, signature or query of a URL is ever part of it.
public struct RegistryError: Error, Hashable, Sendable {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: String, Hashable, Sendable {
        /// The registry wants credentials, or other ones.
        case unauthorized
        /// The registry knows who asks and refuses.
        case denied
        /// The repository, manifest, tag or blob is not there, or must not be seen.
        case notFound
        /// The registry asks for fewer requests, and went on asking.
        case rateLimited
        /// The registry failed, and went on failing.
        case unavailable
        /// The server cannot be reached.
        case connectionFailed
        /// The server's certificate is not accepted, or it speaks no TLS.
        case insecure
        /// Nothing arrived for the time that is allowed between two pieces, or far too little.
        case stalled
        /// The task was cancelled.
        case cancelled
        /// The server leads to where this client does not go: another scheme, a private address, in circles.
        case redirectRefused
        /// The registry names a token server that its credentials must not be sent to.
        case realmRefused
        /// An answer is not as the specification has it.
        case invalidResponse
        /// An answer is larger than allowed.
        case limitExceeded
        /// Content has another digest than it is known by.
        case digestMismatch
        /// Content has another size than its descriptor states.
        case sizeMismatch
        /// A document is malformed, or contradicts itself or its descriptor.
        case invalidDocument
        /// A media type that this library does not apply.
        case unsupportedMediaType
        /// The image is not there for the platform asked for.
        case noMatchingPlatform
        /// The registry does not offer the operation.
        case unsupported
        /// The registry refuses what was sent.
        case rejected
        /// Stored credentials cannot be read or written, or a credential helper failed.
        case credentials
        /// A setting contradicts itself or cannot be used: a certificate, a proxy, a mirror.
        case configuration
        /// What takes layers while they arrive refused one.
        case layerRefused
        /// The image layout failed; see ``RegistryError/cause``.
        case layout
    }

    /// What was being done; cases may be added.
    @nonexhaustive public enum Step: String, Hashable, Sendable {
        /// Finding out whether this is a registry, and whether the credentials are good.
        case ping = "log in"
        /// Obtaining a token.
        case token = "get a token"
        /// Reading stored credentials.
        case credentials = "read credentials"
        /// Fetching a manifest or an index.
        case manifest = "get manifest"
        /// Fetching a blob.
        case blob = "get blob"
        /// Looking whether a blob or manifest is there.
        case check = "look for blob"
        /// Uploading a blob.
        case upload = "upload blob"
        /// Having the registry take a blob from another repository.
        case mount = "mount blob"
        /// Uploading a manifest.
        case putManifest = "put manifest"
        /// Listing tags.
        case tags = "list tags"
        /// Listing repositories.
        case catalog = "list repositories"
        /// Listing what refers to a manifest.
        case referrers = "list referrers"
        /// Deleting a manifest, tag or blob.
        case delete
        /// Storing what arrived.
        case store
        /// Handing a layer to who takes it.
        case receive = "unpack layer"
    }

    /// What lies below the failure.
    public enum Cause: Hashable, Sendable {
        /// The image layout's error.
        case layout(ImageLayoutError)
        /// The system call that failed.
        case systemCall(SystemCallError)
        /// Why a JSON document was refused.
        case document(JSONError)
        /// Why the transport failed.
        case transport(TransportError)
    }

    /// What went wrong.
    public let code: Code
    /// What was being done.
    public let step: Step
    /// The registry, as it is named in references.
    public internal(set) var registry: String
    /// The repository, if one was meant.
    public internal(set) var repository: String?
    /// The tag or digest, if one was meant.
    public internal(set) var reference: String?
    /// The status of the registry's answer, if there was one.
    public let status: Int?
    /// What the registry says of it.
    public let messages: [RegistryMessage]
    /// What was expected and what was found; empty where the rest says it all.
    public let detail: String
    /// What lies below the failure, if anything does.
    public let cause: Cause?
    /// What the user can do about it, where that is known.
    public internal(set) var hint: String?

    init(
        _ code: Code,
        _ step: Step,
        _ subject: Subject,
        _ detail: String = "",
        status: Int? = nil,
        messages: [RegistryMessage] = [],
        cause: Cause? = nil,
        hint: String? = nil
    ) {
        self.code = code
        self.step = step
        registry = subject.registry
        repository = subject.repository
        reference = subject.reference
        self.status = status
        self.messages = messages
        self.detail = detail
        self.cause = cause
        self.hint = hint
    }

    init(_ error: ImageLayoutError, _ step: Step, _ subject: Subject) {
        let code: Code =
            switch error.code {
            case .digestMismatch: .digestMismatch
            case .sizeMismatch: .sizeMismatch
            case .invalidDocument: .invalidDocument
            case .unsupportedMediaType: .unsupportedMediaType
            case .limitExceeded: .limitExceeded
            default: .layout
            }
        self.init(code, step, subject, cause: .layout(error))
    }

    /// What an exchange is about.
    struct Subject: Hashable, Sendable {
        var registry: String
        var repository: String?
        var reference: String?
    }
}

extension RegistryError: CustomStringConvertible {
    /// One line: what was being done and to what, what was wrong, what the registry says, and what to do about it.
    public var description: String {
        var object = [registry, repository].compactMap { $0 }.joined(separator: "/")
        if let reference { object += (reference.utf8.contains(UInt8(ascii: ":")) ? "@" : ":") + reference }
        var parts = ["\(step.rawValue) \(object)"]
        if !detail.isEmpty { parts.append(detail) }
        if let status { parts.append("status \(status)") }
        parts += messages.prefix(3).map(\.description)
        switch cause {
        case .layout(let error): parts.append(error.description)
        case .systemCall(let error): parts.append(error.description)
        case .document(let error): parts.append(error.description)
        case .transport(let error): parts.append(error.description)
        case nil: break
        }
        let line = parts.joined(separator: ": ")
        return hint.map { "\(line) (\($0))" } ?? line
    }
}
