// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import OCISpec

/// An image operation that failed.
public struct ImageLayoutError: Error, Hashable, Sendable {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: String, Hashable, Sendable {
        /// The directory is not an OCI image layout, or one of a version this library does not know.
        case notALayout
        /// The image, or a blob that the layout should hold, is not there.
        case notFound
        /// The name fits more than one image.
        case ambiguous
        /// The name of an image or of a file in an archive is not well-formed.
        case invalidName
        /// Content does not have the digest it is known by.
        case digestMismatch
        /// Content does not have the size that its descriptor states.
        case sizeMismatch
        /// An archive ends early, or lacks a blob that it refers to.
        case truncatedArchive
        /// A file is no archive of an image, or uses something that such archives do not.
        case unsupportedArchive
        /// A media type that this library does not apply.
        case unsupportedMediaType
        /// A JSON document is malformed or contradicts itself.
        case invalidDocument
        /// An image has no manifest for the platform asked for.
        case noMatchingPlatform
        /// A document, graph or archive is larger than allowed.
        case limitExceeded
        /// Another process, or another task of this one, is adding content to the layout.
        case busy
        /// A system call failed.
        case systemCall
    }

    /// What lies below the failure.
    public enum Cause: Hashable, Sendable {
        /// The system call that failed.
        case systemCall(SystemCallError)
        /// Why a JSON document was refused.
        case document(JSONError)
    }

    /// What went wrong.
    public let code: Code
    /// What was being used: a path, a digest, a name.
    public let subject: String
    /// What was expected and what was found; empty where the cause says it all.
    public let detail: String
    /// What lies below the failure, if anything does.
    public let cause: Cause?
    /// What the user can do about it, where that is known.
    public let hint: String?

    init(_ code: Code, _ subject: String, _ detail: String = "", cause: Cause? = nil, hint: String? = nil) {
        self.code = code
        self.subject = subject
        self.detail = detail
        self.cause = cause
        self.hint = hint
    }

    init(_ error: SystemCallError, _ subject: String) {
        self.init(.systemCall, subject, cause: .systemCall(error), hint: error.remedy)
    }

    init(_ error: JSONError, _ subject: String) {
        let code: Code = error.code == .tooLarge || error.code == .tooManyItems ? .limitExceeded : .invalidDocument
        self.init(code, subject, cause: .document(error))
    }
}

extension ImageLayoutError: CustomStringConvertible {
    /// One line: subject, what was wrong with it, the cause, and what to do about it.
    public var description: String {
        var parts = [subject]
        if !detail.isEmpty { parts.append(detail) }
        switch cause {
        case .systemCall(let error): parts.append(error.description)
        case .document(let error): parts.append(error.description)
        case nil: break
        }
        let line = parts.joined(separator: ": ")
        return hint.map { "\(line) (\($0))" } ?? line
    }
}

/// Runs `body` and says what a failed system call was about.
func about<Value: ~Copyable>(
    _ subject: @autoclosure () -> String,
    _ body: () throws(SystemCallError) -> Value
) throws(ImageLayoutError) -> Value {
    do throws(SystemCallError) { return try body() } catch { throw ImageLayoutError(error, subject()) }
}
