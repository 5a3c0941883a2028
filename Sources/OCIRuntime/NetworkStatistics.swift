// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// What went through one network interface, as the container sees it.
///
/// - SeeAlso: proc_pid_net(5), `/proc/pid/net/dev`.
public struct NetworkStatistics: Hashable, Sendable {
    /// One direction.
    public struct Traffic: Hashable, Sendable {
        /// Bytes.
        public var bytes: UInt64
        /// Packets.
        public var packets: UInt64
        /// Packets that were damaged or could not be sent.
        public var errors: UInt64
        /// Packets that were dropped.
        public var dropped: UInt64
    }

    /// The interface's name.
    public var name: String
    /// What came in.
    public var received: Traffic
    /// What went out.
    public var sent: Traffic

    /// Reads the table of a process's network namespace; lines that do not follow the format, as the two of the heading,
    /// are skipped.
    static func parse(_ text: [UInt8]) -> [NetworkStatistics] {
        text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let colon = line.lastIndex(of: UInt8(ascii: ":")) else { return nil }
            let name = String(decoding: line[..<colon].drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
            let numbers = line[(colon + 1)...].split(separator: UInt8(ascii: " ")).map {
                UInt64(String(decoding: $0, as: UTF8.self))
            }
            guard numbers.count >= 12, let received = traffic(numbers[0..<4]), let sent = traffic(numbers[8..<12])
            else {
                return nil
            }
            return NetworkStatistics(name: name, received: received, sent: sent)
        }
    }

    private static func traffic(_ numbers: ArraySlice<UInt64?>) -> Traffic? {
        let known = numbers.compactMap { $0 }
        guard known.count == 4 else { return nil }
        return Traffic(bytes: known[0], packets: known[1], errors: known[2], dropped: known[3])
    }
}

extension Container {
    /// What went through the interfaces of the container's own network namespace; empty when it has none of its own.
    ///
    /// - Returns: The interfaces, in the kernel's order.
    /// - Throws: ``RuntimeError``: `notFound`, `wrongState` when the container has ended.
    public func networkStatistics() throws(RuntimeError) -> [NetworkStatistics] {
        let directory = try openState()
        let stored = try snapshot(directory)
        guard let handle = try handle(of: stored) else {
            throw RuntimeError(.wrongState, "container not running", container: id)
        }
        let namespaces = try directory.configuration().linux?.namespaces ?? []
        guard namespaces.contains(where: { $0.type == .network }) else { return [] }
        do throws(SystemCallError) {
            let path = FilePath("/proc/\(handle.processID)/net/dev")
            let text = try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 1 << 20)
            // Another process may have the number by now; ours was there before, so it has to be there still.
            if try handle.hasEnded() { throw SystemCallError(call: "read", path: path, errno: .noSuchProcess) }
            return NetworkStatistics.parse(text)
        } catch { throw RuntimeError("read network statistics", error, container: id) }
    }
}
