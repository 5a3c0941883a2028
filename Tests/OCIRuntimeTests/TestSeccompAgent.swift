// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import Synchronization
import SystemPackage

/// A seccomp agent: gets listeners over a socket, and answers what processes ask.
final class TestSeccompAgent: Sendable {
    /// What the agent does with a call.
    enum Answer: Sendable {
        case proceed, fail(Int32), succeed(Int64)
    }

    /// A call that a process waits with: `struct seccomp_notif`.
    private struct Notification {
        var id: UInt64 = 0
        var processID: UInt32 = 0
        var flags: UInt32 = 0
        var number: Int32 = 0
        var architecture: UInt32 = 0
        var pointer: UInt64 = 0
        var arguments: [6 of UInt64] = .init(repeating: 0)
    }

    /// `struct seccomp_notif_resp`.
    private struct Response {
        var id: UInt64
        var value: Int64
        var error: Int32
        var flags: UInt32
    }

    let path: FilePath
    private let socket: SharedDescriptor
    private let received = Mutex<[ContainerProcessState]>([])
    private let calls = Mutex<[Int32]>([])

    /// What arrived so far.
    var states: [ContainerProcessState] { received.withLock { $0 } }

    /// Waits ten seconds at most until `count` have arrived: the runtime sends a state and does not wait for its reader.
    func states(_ count: Int) -> [ContainerProcessState] {
        for _ in 0..<1000 where states.count < count { _ = clinux_poll(nil, 0, 10) }
        return states
    }

    /// The numbers of the calls that were answered.
    var answeredCalls: [Int32] { calls.withLock { $0 } }

    init(at path: FilePath) throws {
        self.path = path
        let number = try systemCall("socket") { clinux_unix_socket(CLINUX_SOCK_STREAM | CLINUX_SOCK_CLOEXEC) }
        socket = SharedDescriptor(OwnedFileDescriptor(takingOver: number))
        var address = clinux_sockaddr_un()
        address.family = UInt16(CLINUX_AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address) { unsafe $0[2...].copyBytes(from: Array(path.string.utf8)) }
        try systemCall("bind") { unsafe clinux_bind(number, &address, UInt32(MemoryLayout<clinux_sockaddr_un>.size)) }
        try systemCall("listen") { clinux_listen(number, 8) }
    }

    /// Serves `count` processes, each until it has ended, on a thread of its own.
    func serve(_ count: Int, _ answer: @escaping @Sendable (Int32) -> Answer) throws -> [Server] {
        try (0..<count).map { _ in
            try Server {
                let connection = self.accept()
                guard connection >= 0 else { return }
                self.serve(OwnedFileDescriptor(takingOver: connection), answer)
            }
        }
    }

    /// Joins a thread when it goes away.
    final class Server {
        private let thread: WorkerThread
        init(_ body: @escaping @Sendable () -> Void) throws(SystemCallError) { thread = try WorkerThread(body) }
    }

    /// Takes a listener and closes it.
    func drop() throws -> Server {
        try Server {
            let connection = self.accept()
            guard connection >= 0 else { return }
            var byte: UInt8 = 0
            var passed: CInt = -1
            _ = unsafe clinux_receive_fd(connection, &byte, 1, &passed)
            _ = clinux_close(passed)
            _ = clinux_close(connection)
        }
    }

    /// The next connection; negative when none came within a minute, so that a failed test ends.
    private func accept() -> CInt {
        let number = socket.descriptor.rawValue
        var poll = clinux_pollfd(fd: number, events: Int16(CLINUX_POLLIN), returned: 0)
        guard unsafe clinux_poll(&poll, 1, 60_000) > 0 else { return -1 }
        return clinux_accept4(number, CLINUX_SOCK_CLOEXEC)
    }

    private func serve(_ connection: consuming OwnedFileDescriptor, _ answer: (Int32) -> Answer) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var passed: CInt = -1
        let number = connection.rawValue
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe clinux_receive_fd(number, $0.baseAddress, $0.count, &passed)
        }
        guard count > 0, passed >= 0 else { return }
        let listener = OwnedFileDescriptor(takingOver: passed)
        if let state = try? ContainerProcessState(json: Array(bytes.prefix(count))) {
            received.withLock { $0.append(state) }
        }
        extendLifetime(connection)
        while true {
            var poll = clinux_pollfd(fd: listener.rawValue, events: Int16(CLINUX_POLLIN), returned: 0)
            guard unsafe clinux_poll(&poll, 1, -1) > 0, poll.returned & Int16(CLINUX_POLLIN) != 0 else { return }
            var notification = Notification()
            // SECCOMP_IOCTL_NOTIF_RECV
            guard unsafe clinux_ioctl(listener.rawValue, 0xc050_2100, &notification) >= 0 else { continue }
            calls.withLock { $0.append(notification.number) }
            var response = Response(id: notification.id, value: 0, error: 0, flags: 0)
            switch answer(notification.number) {
            case .proceed: response.flags = 1
            case .fail(let error): response.error = -error
            case .succeed(let value): response.value = value
            }
            // SECCOMP_IOCTL_NOTIF_SEND; who asked may be gone.
            _ = unsafe clinux_ioctl(listener.rawValue, 0xc018_2101, &response)
        }
    }
}
