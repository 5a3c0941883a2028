// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Which CPUs and memory nodes a group may use.
///
/// - SeeAlso: cpuset(7), "List format".
public struct CPUSetLimits: Hashable, Sendable {
    /// CPUs; `nil` leaves what is in force.
    public var cpus: IndexSetText?
    /// Memory nodes; `nil` leaves what is in force.
    public var memoryNodes: IndexSetText?

    /// Limits to the given sets.
    public init(cpus: IndexSetText? = nil, memoryNodes: IndexSetText? = nil) {
        self.cpus = cpus
        self.memoryNodes = memoryNodes
    }

    /// The writes that apply the limits; the files are the same in both versions.
    public func plan(_ version: CgroupVersion) -> [CgroupWrite] {
        var plan: [CgroupWrite] = []
        if let cpus { plan.append(CgroupWrite("cpuset.cpus", cpus.text, .cpuset, "cpu.cpus")) }
        if let memoryNodes { plan.append(CgroupWrite("cpuset.mems", memoryNodes.text, .cpuset, "cpu.mems")) }
        return plan
    }

    /// A list such as `0-3,8`, checked but not expanded.
    public struct IndexSetText: Hashable, Sendable {
        /// The list as it is written to the kernel.
        public let text: String

        /// Checks a list: numbers and ascending ranges up to 1048575, separated by commas; not empty.
        ///
        /// - Parameters:
        ///   - bytes: The list.
        ///   - field: The setting's name, for the error.
        /// - Throws: ``CgroupError``: `invalidLimit`.
        public init(bytes: [UInt8], field: String) throws(CgroupError) {
            for item in bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
                let (first, last) = KernelText.cut(item, at: UInt8(ascii: "-")) ?? (item, item)
                guard let low = KernelText.number(first), let high = KernelText.number(last), low <= high,
                    high < 1 << 20
                else { throw .invalid(field, "it is not a list of numbers and ranges such as 0-3,8") }
            }
            text = String(decoding: bytes, as: UTF8.self)
        }
    }
}
