// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import CProgram
internal import Glibc
internal import LinuxSystem
internal import OCIRuntime
internal import SystemPackage

/// Tells who supervises this program, over `$NOTIFY_SOCKET`, that a container's process is ready (sd_notify(3)), and which
/// process that is: the container's own word names a process of its namespace. As runc does.
struct ReadinessRelay {
    /// How long the supervisor has to notice the process before this program may end (sd_notify_barrier(3)).
    private static let barrierMilliseconds: CInt = 30_000

    private let supervisor: String
    private let socket: SharedDescriptor
    private let processID: Int
    private let log: Log

    /// Whether somebody wants to know.
    static var isWanted: Bool { Environment.value(of: "NOTIFY_SOCKET")?.isEmpty == false }

    /// Listens for a container; `nil` when nobody wants to know, or when the container was not created for it.
    ///
    /// - Parameters:
    ///   - container: A created container.
    ///   - processID: The number of its process.
    ///   - log: Where it is said that the supervisor is not there.
    /// - Throws: ``ProgramError`` when the socket cannot be made.
    init?(for container: Container, processID: Int, log: Log) throws(ProgramError) {
        guard let supervisor = Environment.value(of: "NOTIFY_SOCKET"), !supervisor.isEmpty else { return nil }
        let path = container.notifySocket.string
        let result = unsafe program_bind_datagram(path)
        if result == -ENOENT { return nil }
        try ProgramError.check("listen for the container's readiness", "bind", path, result)
        self.supervisor = supervisor
        self.processID = processID
        self.log = log
        socket = SharedDescriptor(OwnedFileDescriptor(takingOver: result))
    }

    /// What to watch.
    var descriptor: CInt { socket.descriptor.rawValue }

    /// Passes on what has arrived.
    ///
    /// - Returns: Whether the process is ready, so that there is nothing more to wait for.
    func relay() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        let lines = buffer.prefix(max(0, count)).split(separator: UInt8(ascii: "\n"))
        guard let ready = lines.first(where: { $0.starts(with: Array("READY=".utf8)) }) else { return false }
        send(Array(ready) + [UInt8(ascii: "\n")])
        send(Array("MAINPID=\(processID)\n".utf8))
        let result = unsafe program_send_barrier(supervisor, "BARRIER=1", Self.barrierMilliseconds)
        if result != 0 { log.write(.warning, "\(supervisor) did not acknowledge that process \(processID) is ready") }
        return true
    }

    /// Waits until the process is ready or has ended.
    func wait() {
        guard let process = WatchedProcess(Int32(clamping: processID)) else { return }
        while true {
            var watched = [
                pollfd(fd: process.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            ]
            if unsafe poll(&watched, 2, -1) < 0 && errno != EINTR { return }
            if watched[1].revents != 0 && relay() { return }
            if watched[0].revents != 0 { return }
        }
    }

    private func send(_ bytes: [UInt8]) {
        let result = unsafe bytes.withUnsafeBytes { unsafe program_send_datagram(supervisor, $0.baseAddress, $0.count) }
        if result < 0 { log.write(.warning, "\(ProgramError("notify", "sendmsg", supervisor, result: result))") }
    }
}
