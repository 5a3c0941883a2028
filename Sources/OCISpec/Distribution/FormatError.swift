// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Why text is no digest, reference, platform or media type.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the text should have been.
    @nonexhaustive public enum Code: String, Hashable, Sendable {
        /// A ``Digest`` whose algorithm is not known.
        case unsupportedAlgorithm
        /// A ``Digest``.
        case digest
        /// A ``Reference``.
        case reference
        /// A ``Platform``.
        case platform
        /// A ``MediaType``.
        case mediaType
    }

    /// What the text should have been.
    public let code: Code
    /// The text, shortened and with control characters shown as escapes.
    public let input: String
    /// Which rule it breaks.
    public let detail: String

    init(_ code: Code, _ input: some Collection<UInt8>, _ detail: String) {
        self.code = code
        self.input = JSONError.excerpt(input)
        self.detail = detail
    }

    /// For example `"sha256:12": a sha256 digest has 64 hexadecimal digits, not 2`.
    public var description: String { "\"\(input)\": \(detail)" }
}
