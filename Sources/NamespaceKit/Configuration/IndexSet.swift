// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LaunchPlan

/// A set of processors or memory nodes.
///
/// - SeeAlso: cpuset(7), "List format".
public struct IndexSet: Hashable, Sendable, CustomStringConvertible {
    /// The set as a bit mask of the kernel's.
    let mask: IndexMask

    /// The empty set.
    public init() { mask = IndexMask(bytes: []) }

    /// Reads a list of numbers and ranges such as `0-3,7`; an empty one is the empty set. `nil` when it is no such list,
    /// or a number is above 65535.
    ///
    /// - Parameter list: The list as bytes, without spaces.
    public init?(list: [UInt8]) {
        guard let mask = IndexMask(list: list) else { return nil }
        self.mask = mask
    }

    /// Whether nothing is in the set.
    public var isEmpty: Bool { mask.isEmpty }

    /// The set as a list.
    public var description: String { mask.description }

    /// The set as one hexadecimal number, in which index 0 is the lowest bit.
    public var hexadecimal: String {
        let digits = mask.bytes.reversed().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let number = digits.drop { $0 == "0" }
        return number.isEmpty ? "0" : String(number)
    }
}

/// The processors that a process may use.
public enum ProcessorAffinity: Hashable, Sendable {
    /// Those of the thread that launches it.
    case inherited
    /// All that its control group has, whatever the launching thread is restricted to.
    case all
    /// These.
    case only(IndexSet)
}
