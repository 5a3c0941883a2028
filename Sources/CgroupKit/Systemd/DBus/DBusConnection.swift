// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LinuxSystem
package import SystemPackage

/// A connection to a D-Bus peer: a service itself, or a bus. Every wait has a time limit.
///
/// - SeeAlso: D-Bus Specification, "Authentication Protocol".
package struct DBusConnection: ~Copyable {
    private let socket: OwnedFileDescriptor
    private let timeout: Duration
    private var buffer: [UInt8] = []
    private var lastSerial: UInt32 = 0
    /// Signals that came while an answer was waited for.
    private var signals: [DBusMessage] = []

    /// How many signals are kept; older ones are dropped, as nobody waits for them.
    private static let signalLimit = 256

    /// Connects to the socket at `path` and is let in by the credentials that the kernel tells the peer.
    ///
    /// - Parameters:
    ///   - path: The socket.
    ///   - timeout: The longest time for this and for each call.
    /// - Throws: ``DBusError``.
    package init(to path: FilePath, timeout: Duration) throws(DBusError) {
        try self.init(takingOver: try Self.open(path, timeout), timeout: timeout)
    }

    private static func open(_ path: FilePath, _ timeout: Duration) throws(DBusError) -> OwnedFileDescriptor {
        do throws(SystemCallError) {
            var deadline = Deadline(after: timeout)
            return try StreamSocket.connect(to: path, until: &deadline)
        } catch { throw error.errno == .resourceTemporarilyUnavailable ? .timedOut : .callFailed(error) }
    }

    /// Takes over a connected, non-blocking socket.
    package init(takingOver socket: consuming OwnedFileDescriptor, timeout: Duration) throws(DBusError) {
        self.socket = socket
        self.timeout = timeout
        try authenticate()
    }

    /// An empty identity stands for that of the socket, which in a user namespace is not the number that we see.
    ///
    /// All lines go out at once, so that the peer has read the last of them before it answers the first: systemd forgets
    /// a message that it reads together with the end of this conversation, until another one comes.
    private mutating func authenticate() throws(DBusError) {
        let deadline = Deadline(after: timeout)
        try send([0] + Array("AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".utf8), deadline)
        var line = try self.line(deadline)
        if line.hasPrefix("DATA") { line = try self.line(deadline) }
        guard line.hasPrefix("OK") else { throw .rejected(line) }
    }

    /// Calls a method and waits for the answer.
    ///
    /// - Returns: The answer's values.
    /// - Throws: ``DBusError``: `refused` when the answer is an error.
    package mutating func call(_ message: DBusMessage) throws(DBusError) -> [DBusValue] {
        let deadline = Deadline(after: timeout)
        var message = message
        lastSerial += 1
        message.serial = lastSerial
        try send(message.encoded, deadline)
        while true {
            guard let answer = try receive(deadline) else { continue }
            switch answer.kind {
            case .reply where answer.replySerial == lastSerial: return answer.body
            case .error where answer.replySerial == lastSerial:
                let words = answer.body.first?.text ?? ""
                throw .refused(name: answer.errorName ?? "", message: words)
            case .signal:
                signals.append(answer)
                if signals.count > Self.signalLimit { signals.removeFirst() }
            // Answers to nothing we still wait for, and calls, which nobody has to make of us.
            case .reply, .error, .call: continue
            }
        }
    }

    /// Waits for a signal that `isWanted` accepts, one of those that came before included.
    package mutating func signal(
        _ isWanted: (DBusMessage) -> Bool
    ) throws(DBusError) -> DBusMessage {
        let deadline = Deadline(after: timeout)
        if let index = signals.firstIndex(where: isWanted) { return signals.remove(at: index) }
        while true {
            guard let message = try receive(deadline), message.kind == .signal else { continue }
            if isWanted(message) { return message }
        }
    }

    private mutating func receive(_ deadline: Deadline) throws(DBusError) -> DBusMessage? {
        try fill(to: DBusMessage.prologueLength, deadline)
        let length = try DBusMessage.length(buffer)
        try fill(to: length, deadline)
        let bytes = Array(buffer.prefix(length))
        buffer.removeFirst(length)
        return try DBusMessage.decode(bytes)
    }

    /// One line of the conversation before the messages, without its end.
    private mutating func line(_ deadline: Deadline) throws(DBusError) -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[..<end].filter { $0 != UInt8(ascii: "\r") }
                buffer.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            if buffer.count > 1024 { throw .malformed("a line of more than 1024 bytes") }
            try fill(to: buffer.count + 1, deadline)
        }
    }

    private mutating func fill(to count: Int, _ deadline: Deadline) throws(DBusError) {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while buffer.count < count {
            do throws(SystemCallError) {
                let got = try socket.read(into: &chunk)
                if got == 0 { throw SystemCallError(call: "read", errno: .connectionReset) }
                buffer += chunk[..<got]
            } catch {
                try wait(after: error, CLINUX_POLLIN, deadline)
            }
        }
    }

    private func send(_ bytes: [UInt8], _ deadline: Deadline) throws(DBusError) {
        var rest = bytes[...]
        let number = socket.rawValue
        while !rest.isEmpty {
            do throws(SystemCallError) {
                let sent = try systemCall("sendmsg") {
                    unsafe rest.withUnsafeBytes { unsafe clinux_send_fd(number, $0.baseAddress, $0.count, -1) }
                }
                rest = rest.dropFirst(sent)
            } catch {
                try wait(after: error, CLINUX_POLLOUT, deadline)
            }
        }
    }

    /// Waits until the call that failed can be made again, if that is what its error says.
    private func wait(after error: SystemCallError, _ event: CInt, _ deadline: Deadline) throws(DBusError) {
        switch error.errno {
        case .resourceTemporarilyUnavailable: break
        case .connectionReset, .brokenPipe: throw .closed
        default: throw .callFailed(error)
        }
        if deadline.remaining == 0 { throw .timedOut }
        var poll = clinux_pollfd(fd: socket.rawValue, events: Int16(event), returned: 0)
        do throws(SystemCallError) {
            try systemCall("ppoll") { unsafe clinux_poll(&poll, 1, deadline.milliseconds(atMost: 1000)) }
        } catch { throw .callFailed(error) }
    }
}

extension StreamSocket {
    /// Connects without blocking; a listener whose queue is full is tried again until the time is up.
    fileprivate static func connect(
        to path: FilePath,
        until deadline: inout Deadline
    ) throws(SystemCallError) -> OwnedFileDescriptor {
        while true {
            do throws(SystemCallError) { return try connect(to: path, isBlocking: false).takeDescriptor() } catch {
                if error.errno != .resourceTemporarilyUnavailable || !deadline.wait() { throw error }
            }
        }
    }
}
