// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The two system calls of i386 behind which others are: `socketcall` and `ipc`.
///
/// The call they stand for is their first argument; its own arguments are in memory, where a filter cannot look.
enum SeccompMultiplexer {
    /// How a call is made in the other way.
    struct Route {
        /// The number of `socketcall` or `ipc`.
        let number: UInt32
        /// What must hold of its first argument.
        let condition: SeccompCondition
    }

    /// The other way to make the call of a line of the table on i386, if there is one.
    ///
    /// Sub-call numbers are those of `<linux/net.h>` and `<linux/ipc.h>`. The kernel takes the upper half of `ipc`'s first
    /// argument as a version, so it is masked out.
    static func route(toLine line: Int, in table: Span<UInt8>) -> Route? {
        guard let call = SyscallTable.multiplexed(atLine: line, in: table) else { return nil }
        let number = UInt64(call.number)
        if call.letter == UInt8(ascii: "s") {
            return Route(number: 102, condition: SeccompCondition(index: 0, .equal, value: number))
        }
        return Route(
            number: 117,
            condition: SeccompCondition(index: 0, .maskedEqual, value: 0xffff, valueTwo: number)
        )
    }
}
