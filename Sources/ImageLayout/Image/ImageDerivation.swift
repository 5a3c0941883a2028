// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What makes an image differ from the one that it is based on, beside its layer.
public struct ImageDerivation: Hashable, Sendable {
    /// When the image was made, in the form of RFC 3339.
    public var created: String
    /// The command that made its layer.
    public var createdBy: String?
    /// Who made it.
    public var author: String?
    /// Remark.
    public var comment: String?
    /// How to run it; `nil` is as the image that it is based on.
    public var execution: ImageConfiguration.Execution?

    /// Describes an image.
    ///
    /// - Parameters:
    ///   - created: When it was made, in the form of RFC 3339.
    ///   - createdBy: The command that made its layer.
    ///   - author: Who made it.
    ///   - comment: Remark.
    ///   - execution: How to run it; `nil` is as the image that it is based on.
    public init(
        created: String,
        createdBy: String? = nil,
        author: String? = nil,
        comment: String? = nil,
        execution: ImageConfiguration.Execution? = nil
    ) {
        self.created = created
        self.createdBy = createdBy
        self.author = author
        self.comment = comment
        self.execution = execution
    }
}
