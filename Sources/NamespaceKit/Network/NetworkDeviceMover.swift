// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Moves devices of the host's network namespace into that of a process.
enum NetworkDeviceMover {
    /// Moves the devices, in order.
    ///
    /// - Throws: ``NamespaceError`` naming the device. What was moved before stays where it is, and is given back or
    ///   destroyed by the kernel with the namespace.
    static func move(_ devices: [NetworkDevice], into processID: Int32) throws(NamespaceError) {
        for device in devices {
            let step = "move network device \(String(decoding: device.name, as: UTF8.self)) into the container"
            do throws(SystemCallError) {
                let namespace = SharedDescriptor(try .open(FilePath("/proc/\(processID)/ns/net"), CLINUX_O_RDONLY))
                try move(device, to: namespace)
            } catch {
                throw NamespaceError(.systemCall, step: step, cause: error, hint: hint(error.errno))
            }
        }
    }

    private static func move(_ device: NetworkDevice, to namespace: SharedDescriptor) throws(SystemCallError) {
        var outside = try NetlinkSocket()
        var inside = try NetlinkSocket(in: namespace)
        let index = try self.index(in: outside.perform(.link(named: device.name)))
        // Before it goes down: that would take away the addresses of IPv6.
        let addresses = try outside.perform(.addresses).compactMap { lasting($0, of: index) }
        _ = try outside.perform(.setState(of: index, up: false))
        let present = indices(in: try inside.perform(.links))
        let number = namespace.descriptor.rawValue
        _ = try outside.perform(.move(index, to: number, name: device.newName ?? device.name))
        // The number, like the name of a template, may be another one there.
        guard let arrived = indices(in: try inside.perform(.links)).subtracting(present).first else {
            throw SystemCallError(call: "rtnetlink", errno: Errno(rawValue: CLINUX_ENODEV))
        }
        for address in addresses { _ = try inside.perform(.add(address, to: arrived)) }
        _ = try inside.perform(.setState(of: arrived, up: true))
    }

    /// The address, if it is permanent and of global scope: others may mean nothing in another namespace.
    static func lasting(_ reply: NetlinkReply, of index: UInt32) -> NetworkAddress? {
        let permanent: UInt32 = 0x80
        guard case .address(let owner, let flags, let address) = reply, owner == index, flags & permanent != 0,
            address.scope == 0
        else { return nil }
        return address
    }

    private static func index(in replies: [NetlinkReply]) throws(SystemCallError) -> UInt32 {
        guard let index = indices(in: replies).first else {
            throw SystemCallError(call: "rtnetlink", errno: Errno(rawValue: CLINUX_ENODEV))
        }
        return index
    }

    private static func indices(in replies: [NetlinkReply]) -> Set<UInt32> {
        Set(replies.compactMap { if case .link(let index) = $0 { index } else { nil } })
    }

    private static func hint(_ errno: Errno) -> String? {
        switch errno {
        case Errno(rawValue: CLINUX_ENODEV): "the host's network namespace has no such device"
        case .fileExists: "the container's network namespace has a device of this name already; use another name, or %d"
        case .invalidArgument: "devices such as loopback cannot leave their network namespace"
        case .notPermitted: "moving a device needs CAP_NET_ADMIN on both sides"
        default: nil
        }
    }
}
