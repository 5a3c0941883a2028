// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One write to a file of a group: a step of a plan.
public struct CgroupWrite: Hashable, Sendable {
    /// What to do when the kernel has no such file.
    public enum WhenMissing: Hashable, Sendable {
        /// Throw: the setting cannot be applied.
        case fail
        /// Go on: what the setting asks for is the case without the file.
        case skip
        /// Go on if the machine has no swap space in use, else throw.
        case skipWithoutSwap
    }

    /// How what the kernel took is checked.
    public enum Check: Hashable, Sendable {
        /// The kernel refuses what it does not take as it is.
        case none
        /// The kernel rounds down to pages; less than that by a page or more is an error.
        case roundedToPages
        /// The kernel may clamp the number without saying so; another number is an error.
        case exact
    }

    /// The file's name in the group's directory.
    public let file: String
    /// What is written, without a line feed.
    public let value: String
    /// The controller that has the file.
    public let controller: CgroupController
    /// The setting that this write applies, for errors.
    public let field: String
    /// What to do when the file does not exist and no alternative does.
    public let whenMissing: WhenMissing
    /// How the result is checked.
    public let check: Check
    /// Writes of which the first whose file exists is made instead, when ``file`` does not exist.
    public let alternatives: [CgroupWrite]

    init(
        _ file: String,
        _ value: String,
        _ controller: CgroupController,
        _ field: String,
        whenMissing: WhenMissing = .fail,
        check: Check = .none,
        or alternatives: [CgroupWrite] = []
    ) {
        self.file = file
        self.value = value
        self.controller = controller
        self.field = field
        self.whenMissing = whenMissing
        self.check = check
        self.alternatives = alternatives
    }
}
