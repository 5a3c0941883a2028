// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A connection to a systemd, with the few methods that we call.
struct SystemdConnection: ~Copyable {
    private var bus: DBusConnection

    private static let service = "org.freedesktop.systemd1"
    private static let path = "/org/freedesktop/systemd1"
    private static let manager = "org.freedesktop.systemd1.Manager"

    init(_ address: SystemdManager.Address, timeout: Duration) throws(DBusError) {
        var bus = try DBusConnection(to: address.path, timeout: timeout)
        if address.isBus { try Self.greet(&bus) }
        self.bus = bus
    }

    /// A bus hands signals on to those only who have asked for them.
    private static func greet(_ bus: inout DBusConnection) throws(DBusError) {
        let service = "org.freedesktop.DBus"
        let rule = "type='signal',interface='\(manager)',member='JobRemoved',path='\(path)'"
        for (member, body) in [("Hello", []), ("AddMatch", [.string(rule)])] as [(String, [DBusValue])] {
            _ = try bus.call(
                DBusMessage(call: member, of: service, at: "/org/freedesktop/DBus", on: service, body)
            )
        }
        _ = try bus.call(DBusMessage(call: "Subscribe", of: manager, at: path, on: Self.service, []))
    }

    @discardableResult
    mutating func call(_ member: String, _ body: [DBusValue]) throws(DBusError) -> [DBusValue] {
        try bus.call(DBusMessage(call: member, of: Self.manager, at: Self.path, on: Self.service, body))
    }

    /// Calls a method that starts a job, and waits for the job's end.
    ///
    /// - Returns: How the job ended: `done`, or why not.
    mutating func job(_ member: String, _ body: [DBusValue]) throws(DBusError) -> String {
        guard let job = try call(member, body).first?.text else { throw .malformed("no job for \(member)") }
        let removed = try bus.signal { $0.member == "JobRemoved" && $0.body.count >= 4 && $0.body[1].text == job }
        return removed.body[3].text ?? ""
    }

    /// A property of the manager itself that is a string.
    mutating func property(_ name: String) throws(DBusError) -> String {
        let call = DBusMessage(
            call: "Get",
            of: "org.freedesktop.DBus.Properties",
            at: Self.path,
            on: Self.service,
            [.string(Self.manager), .string(name)]
        )
        guard let text = try bus.call(call).first?.unwrapped.text else { throw .malformed("no \(name) of its own") }
        return text
    }
}

extension DBusValue {
    /// A list of properties as systemd takes it, `a(sv)`.
    static func properties(_ properties: [SystemdProperty]) -> DBusValue {
        .array(
            .structure([.string, .variant]),
            properties.map { .structure([.string($0.name), .variant($0.value)]) }
        )
    }
}
