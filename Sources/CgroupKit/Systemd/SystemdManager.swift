// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
public import SystemPackage

/// A systemd that makes, changes and removes units for us: the machine's, or a user's own.
///
/// The value names a manager; each operation opens a connection of its own. Every wait ends after ``timeout``.
///
/// - SeeAlso: org.freedesktop.systemd1(5).
public struct SystemdManager: Hashable, Sendable {
    /// Where a manager listens.
    package struct Address: Hashable, Sendable {
        package var path: FilePath
        /// Whether a bus is behind the socket, rather than the manager itself.
        package var isBus: Bool

        package init(path: FilePath, isBus: Bool) {
            self.path = path
            self.isBus = isBus
        }
    }

    /// Sockets, of which the first that answers is used.
    let addresses: [Address]
    /// The longest time for making a connection, for each call, and for each job that systemd does for us.
    public let timeout: Duration
    /// The slice of units that name none.
    public let defaultSlice: String

    package init(addresses: [Address], defaultSlice: String = "system.slice", timeout: Duration = .seconds(30)) {
        self.addresses = addresses
        self.defaultSlice = defaultSlice
        self.timeout = timeout
    }

    /// The machine's systemd: its own socket, which is for root, or else the system bus.
    public static func machine(timeout: Duration = .seconds(30)) -> SystemdManager {
        let own = Address(path: "/run/systemd/private", isBus: false)
        let bus = Address(path: "/run/dbus/system_bus_socket", isBus: true)
        return SystemdManager(addresses: [own, bus], timeout: timeout)
    }

    /// A user's own systemd: its socket in the runtime directory, or else the session bus.
    ///
    /// - Parameters:
    ///   - runtimeDirectory: `$XDG_RUNTIME_DIR`.
    ///   - busAddress: `$DBUS_SESSION_BUS_ADDRESS`; other forms than `unix:path=…` are not looked at.
    ///   - timeout: The longest time for each wait.
    /// - Returns: The manager. Whether it runs is not asked yet.
    public static func user(
        runtimeDirectory: FilePath?,
        busAddress: String? = nil,
        timeout: Duration = .seconds(30)
    ) -> SystemdManager {
        var addresses: [Address] = []
        if let directory = runtimeDirectory {
            addresses.append(Address(path: directory.appending("systemd/private"), isBus: false))
        }
        if let path = busAddress.flatMap(path(ofBus:)) { addresses.append(Address(path: path, isBus: true)) }
        if let directory = runtimeDirectory {
            addresses.append(Address(path: directory.appending("bus"), isBus: true))
        }
        return SystemdManager(addresses: addresses, defaultSlice: "user.slice", timeout: timeout)
    }

    /// The path in `unix:path=/run/user/1000/bus,guid=…`, with `%` escapes.
    static func path(ofBus address: String) -> FilePath? {
        let prefix = "unix:path="
        for part in address.split(separator: ";") where part.hasPrefix(prefix) {
            var bytes: [UInt8] = []
            var rest = part.dropFirst(prefix.count).utf8.prefix { $0 != UInt8(ascii: ",") }[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "%") else {
                    bytes.append(byte)
                    continue
                }
                guard let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
                bytes.append(code)
                rest = rest.dropFirst(2)
            }
            return FilePath(bytes: bytes)
        }
        return nil
    }

    /// Connects to the first socket that lets us in.
    func connect() throws(CgroupError) -> SystemdConnection {
        var failure: (address: Address, error: DBusError)?
        for address in addresses {
            do throws(DBusError) {
                return try SystemdConnection(address, timeout: timeout)
            } catch { failure = failure ?? (address, error) }
        }
        guard let failure else {
            throw CgroupError(
                .managerFailed,
                "connect to systemd",
                hint: "no socket is known: is XDG_RUNTIME_DIR set? a user's systemd comes with a login session"
            )
        }
        throw CgroupError("connect to systemd", failure.error, path: failure.address.path)
    }
}

extension CgroupError {
    /// What went wrong between us and systemd.
    init(_ step: String, _ error: DBusError, path: FilePath? = nil, field: String? = nil) {
        switch error {
        case .timedOut:
            self.init(.timedOut, step, path: path, field: field, hint: "systemd did not answer in time")
        case .closed:
            self.init(.managerFailed, step, path: path, field: field, hint: "systemd closed the connection")
        case .rejected(let line):
            self.init(.notDelegated, step, path: path, field: field, hint: "systemd does not let us in: \(line)")
        case .malformed(let detail):
            self.init(.managerFailed, step, path: path, field: field, hint: "systemd sent \(detail)")
        case .refused(let name, let message):
            let denied = name.hasSuffix(".AccessDenied") || name.hasSuffix(".InteractiveAuthorizationRequired")
            self.init(
                denied ? .notDelegated : .managerFailed,
                step,
                path: path,
                field: field,
                hint: "\(name): \(message)"
            )
        case .callFailed(let cause):
            let isMissing = cause.errno == .noSuchFileOrDirectory || cause.errno == .connectionRefused
            let hint = isMissing ? "no systemd listens there" : nil
            self.init(.managerFailed, step, path: path, field: field, cause: cause, hint: hint)
        }
    }
}
