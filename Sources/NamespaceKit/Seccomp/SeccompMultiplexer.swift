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

    /// The other way to make a call on i386, if there is one.
    ///
    /// Sub-call numbers are those of `<linux/net.h>` and `<linux/ipc.h>`. The kernel takes the upper half of `ipc`'s
    /// first argument as a version, so it is masked out.
    static func route(to name: String) -> Route? {
        if let number = socketCall(name) {
            return Route(number: 102, condition: SeccompCondition(index: 0, .equal, value: number))
        }
        if let number = ipcCall(name) {
            return Route(
                number: 117,
                condition: SeccompCondition(index: 0, .maskedEqual, value: 0xffff, valueTwo: number)
            )
        }
        return nil
    }

    private static func socketCall(_ name: String) -> UInt64? {
        switch name {
        case "socket": 1
        case "bind": 2
        case "connect": 3
        case "listen": 4
        case "accept": 5
        case "getsockname": 6
        case "getpeername": 7
        case "socketpair": 8
        case "send": 9
        case "recv": 10
        case "sendto": 11
        case "recvfrom": 12
        case "shutdown": 13
        case "setsockopt": 14
        case "getsockopt": 15
        case "sendmsg": 16
        case "recvmsg": 17
        case "accept4": 18
        case "recvmmsg": 19
        case "sendmmsg": 20
        default: nil
        }
    }

    private static func ipcCall(_ name: String) -> UInt64? {
        switch name {
        case "semop": 1
        case "semget": 2
        case "semctl": 3
        case "semtimedop": 4
        case "msgsnd": 11
        case "msgrcv": 12
        case "msgget": 13
        case "msgctl": 14
        case "shmat": 21
        case "shmdt": 22
        case "shmget": 23
        case "shmctl": 24
        default: nil
        }
    }
}
