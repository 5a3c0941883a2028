// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LayerUnpack
public import OCISpec

/// How an image is made of a container.
public struct CommitOptions: Hashable, Sendable {
    /// What happens to a running container while its files are read.
    public enum Running: Hashable, Sendable {
        /// Its processes are frozen, so that the image is what it was at one moment.
        case paused
        /// They go on: the image may have files that are half written.
        case goesOn
    }

    /// Who makes the image.
    public var author: String?
    /// Remark, for the image's history.
    public var comment: String?
    /// When it is made, in the form of RFC 3339; `nil` is now.
    public var created: String?
    /// How to run it; `nil` is as the container was made, ``StoredContainer/execution()``.
    public var execution: ImageConfiguration.Execution?
    /// What happens to a running container meanwhile; default: it is paused.
    public var running = Running.paused
    /// How the layer is written: compression and times.
    public var layer = LayerWriter()

    /// The default options.
    public init() {}
}
