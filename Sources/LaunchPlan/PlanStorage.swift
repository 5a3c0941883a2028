// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How the texts of a plan are held: owned on the host, as slices of the mapped plan inside the container.
package protocol PlanStorage {
    /// Bytes without a terminator: a path, a name, a value.
    associatedtype Text
    /// A sequence of texts.
    associatedtype List
}

/// Storage of plans that the host builds, compares and prints.
package enum HostStorage: PlanStorage {
    package typealias Text = [UInt8]
    package typealias List = [[UInt8]]
}

/// Storage of plans that the init executes: nothing is copied.
package enum MappedStorage: PlanStorage {
    package typealias Text = MappedText
    package typealias List = MappedList
}

/// A NUL-terminated text inside the mapped plan.
package struct MappedText {
    /// Where the text starts in the plan; it is followed by a NUL that ``count`` leaves out.
    package let offset: Int
    /// The number of bytes.
    package let count: Int
}

/// Texts that lie one after the other inside the mapped plan.
package struct MappedList {
    /// Where the first text's length field is.
    package let offset: Int
    /// The number of texts.
    package let count: Int
}
