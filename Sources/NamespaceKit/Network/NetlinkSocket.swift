// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// A conversation with the kernel about one network namespace's devices and addresses (rtnetlink(7)).
struct NetlinkSocket: ~Copyable {
    private let descriptor: OwnedFileDescriptor
    private var sequence: UInt32 = 0

    /// Opens a socket in the caller's network namespace.
    init() throws(SystemCallError) {
        descriptor = OwnedFileDescriptor(takingOver: try systemCall("socket") { clinux_route_socket() })
    }

    /// Opens a socket in another network namespace. A thread of its own goes there, and ends.
    init(in namespace: SharedDescriptor) throws(SystemCallError) {
        let box = ResultBox()
        let thread = try WorkerThread {
            let entered = clinux_setns(namespace.descriptor.rawValue, CInt(bitPattern: NamespaceKind.network.flag))
            box.store(entered < 0 ? entered : clinux_route_socket())
        }
        _ = consume thread
        descriptor = OwnedFileDescriptor(takingOver: try systemCall("setns") { box.load() })
    }

    /// Sends a request and returns what is answered, up to its end.
    ///
    /// - Throws: ``SystemCallError`` with the call's name `rtnetlink` and the error that the kernel answered.
    mutating func perform(_ request: NetlinkRequest) throws(SystemCallError) -> [NetlinkReply] {
        sequence += 1
        try descriptor.write(request.encoded(sequence: sequence))
        var replies: [NetlinkReply] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = try descriptor.read(into: &buffer)
            for reply in NetlinkReply.parse(Array(buffer[0..<count])) {
                switch reply {
                case .status(errno: 0), .done: return replies
                case .status(let errno): throw SystemCallError(call: "rtnetlink", errno: Errno(rawValue: errno))
                default: replies.append(reply)
                }
            }
        }
    }
}

/// Where a thread leaves a number.
private final class ResultBox: Sendable {
    private let value = Mutex<CInt>(-CLINUX_EINVAL)
    func store(_ number: CInt) { value.withLock { $0 = number } }
    func load() -> CInt { value.withLock { $0 } }
}
