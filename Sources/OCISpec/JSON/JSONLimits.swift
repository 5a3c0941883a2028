// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How large and how deeply nested a JSON document may be.
public struct JSONLimits: Hashable, Sendable {
    /// The greatest depth that can be asked for; a deeper document could exhaust a thread's stack.
    public static let maximumDepth = 512

    /// Greatest number of bytes of a document.
    public var size: Int
    /// Greatest number of arrays and objects around a value. Values above ``maximumDepth`` count as ``maximumDepth``.
    public var depth: Int

    /// Limits of 4 MiB and 64 levels, enough for every document of the OCI specifications.
    public static let `default` = JSONLimits()

    /// Creates limits.
    ///
    /// - Parameters:
    ///   - size: Greatest number of bytes; 4 MiB unless told otherwise.
    ///   - depth: Greatest nesting; 64 unless told otherwise.
    public init(size: Int = 4 << 20, depth: Int = 64) {
        self.size = size
        self.depth = depth
    }
}
