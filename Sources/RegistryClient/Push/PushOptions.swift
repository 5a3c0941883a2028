// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How blobs are pushed.
public struct PushOptions: Hashable, Sendable {
    /// How a blob is sent.
    public enum Upload: Hashable, Sendable {
        /// In one request.
        case monolithic
        /// In requests of this many bytes, or more where the registry wants more; an interrupted upload goes on where
        /// it was.
        case chunked(bytes: Int)
    }

    /// How a blob is sent.
    public var upload: Upload
    /// Repositories of the same registry that the blobs may be in; the registry is asked to take them from there.
    public var mountSources: [String]

    /// Creates options.
    ///
    /// - Parameters:
    ///   - upload: How a blob is sent.
    ///   - mountSources: Repositories of the same registry that the blobs may be in.
    public init(upload: Upload = .monolithic, mountSources: [String] = []) {
        self.upload = upload
        self.mountSources = mountSources
    }
}
