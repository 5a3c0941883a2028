// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One D-Bus message.
///
/// - SeeAlso: D-Bus Specification, "Message Protocol".
package struct DBusMessage: Hashable, Sendable {
    /// What a message is.
    package enum Kind: UInt8, Hashable, Sendable {
        case call = 1, reply, error, signal
    }

    package var kind: Kind
    package var serial: UInt32 = 0
    package var path: String?
    package var interface: String?
    package var member: String?
    package var errorName: String?
    /// The call that this is the answer to.
    package var replySerial: UInt32?
    package var destination: String?
    package var body: [DBusValue] = []

    /// The longest message that is taken from a peer. What a service manager says to us is far shorter.
    static let limit = 1 << 20
    /// How many bytes tell how long the rest is.
    static let prologueLength = 16

    package init(_ kind: Kind) { self.kind = kind }

    /// A call of a method.
    package init(
        call member: String,
        of interface: String,
        at path: String,
        on destination: String?,
        _ body: [DBusValue]
    ) {
        kind = .call
        self.member = member
        self.interface = interface
        self.path = path
        self.destination = destination
        self.body = body
    }

    /// The message as it goes over the connection.
    package var encoded: [UInt8] {
        var content = DBusWriter()
        for value in body { content.write(value) }
        var fields: [DBusValue] = []
        func add(_ code: UInt8, _ value: DBusValue?) {
            if let value { fields.append(.structure([.byte(code), .variant(value)])) }
        }
        add(1, path.map { .objectPath($0) })
        add(2, interface.map { .string($0) })
        add(3, member.map { .string($0) })
        add(4, errorName.map { .string($0) })
        add(5, replySerial.map { .uint32($0) })
        add(6, destination.map { .string($0) })
        add(8, body.isEmpty ? nil : .signature(body.map(\.type.code).joined()))
        var writer = DBusWriter()
        // Version 1, no flags, in this machine's byte order.
        for byte in [UInt8(ascii: "l"), kind.rawValue, 0, 1] { writer.write(.byte(byte)) }
        writer.write(.uint32(UInt32(truncatingIfNeeded: content.bytes.count)))
        writer.write(.uint32(serial))
        writer.write(.array(Self.fieldType, fields))
        writer.align(to: 8)
        return writer.bytes + content.bytes
    }

    private static let fieldType = DBusType.structure([.byte, .variant])

    /// How many bytes a message has that begins with `prologue`.
    ///
    /// - Throws: ``DBusError``: `malformed`, also for more than ``limit``.
    package static func length(_ prologue: [UInt8]) throws(DBusError) -> Int {
        guard prologue.count >= prologueLength, prologue[0] == UInt8(ascii: "l"), prologue[3] == 1 else {
            throw .malformed("no message of this machine's byte order and protocol version 1")
        }
        func number(_ place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(prologue[place + $1]) << (8 * $1) } }
        let fields = number(12)
        let length = prologueLength + (fields + 7) / 8 * 8 + number(4)
        if length > limit { throw .malformed("a message of \(length) bytes") }
        return length
    }

    /// Takes a whole message apart.
    ///
    /// - Returns: The message; `nil` for a kind that we do not know, which is to be ignored.
    /// - Throws: ``DBusError``: `malformed`.
    package static func decode(_ bytes: [UInt8]) throws(DBusError) -> DBusMessage? {
        guard try length(bytes) == bytes.count else { throw .malformed("a message of another length than it says") }
        var reader = DBusReader(bytes)
        var head: [DBusValue] = []
        for type in [.byte, .byte, .byte, .byte, .uint32, .uint32, .array(fieldType)] as [DBusType] {
            head.append(try reader.read(type))
        }
        try reader.align(to: 8)
        guard case .byte(let code) = head[1], let kind = Kind(rawValue: code) else { return nil }
        var message = DBusMessage(kind)
        if case .uint32(let serial) = head[5] { message.serial = serial }
        var signature = ""
        if case .array(_, let fields) = head[6] {
            for case .structure(let field) in fields { message.take(field, &signature) }
        }
        for type in try DBusType.list(Array(signature.utf8)) { message.body.append(try reader.read(type)) }
        if !reader.isAtEnd { throw .malformed("a body that is longer than its signature says") }
        return message
    }

    private mutating func take(_ field: [DBusValue], _ signature: inout String) {
        guard field.count == 2, case .byte(let code) = field[0] else { return }
        switch (code, field[1].unwrapped) {
        case (1, .objectPath(let text)): path = text
        case (2, .string(let text)): interface = text
        case (3, .string(let text)): member = text
        case (4, .string(let text)): errorName = text
        case (5, .uint32(let number)): replySerial = number
        case (6, .string(let text)): destination = text
        case (8, .signature(let text)): signature = text
        default: break  // the sender, a number of descriptors, or a field that is newer than we are
        }
    }
}
