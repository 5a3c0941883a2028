// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import Synchronization
import SystemPackage
import TestSupport

@testable import CgroupKit

/// A socket on which a peer of our own answers, as a service manager would or as it should not.
final class FakeBus {
    private let directory: TemporaryDirectory
    private let listener: FileDescriptor
    let path: FilePath

    /// Serves every connection, one after the other, with `behaviour`.
    init(_ behaviour: @escaping @Sendable (FakePeer) throws -> Void) throws {
        directory = try TemporaryDirectory()
        path = directory.path.appending("bus")
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let text = Array(path.string.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: text) }
        let bound = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(number, 8) == 0 else { throw Errno(rawValue: errno) }
        listener = FileDescriptor(rawValue: number)
        Thread.detachNewThread {
            while true {
                let connection = accept(number, nil, nil)
                if connection < 0 { return }
                let peer = FakePeer(descriptor: FileDescriptor(rawValue: connection))
                // A client that goes away is what some tests are about.
                try? behaviour(peer)
                try? peer.descriptor.close()
            }
        }
    }

    var manager: SystemdManager { manager(timeout: .milliseconds(300)) }

    func manager(timeout: Duration, isBus: Bool = false) -> SystemdManager {
        SystemdManager(addresses: [.init(path: path, isBus: isBus)], timeout: timeout)
    }

    deinit { shutdown(listener.rawValue, Int32(SHUT_RDWR)) }
}

/// The peer's end of one connection.
struct FakePeer: Sendable {
    let descriptor: FileDescriptor

    /// A client that has gone is an error, not a signal.
    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { throw Errno(rawValue: errno) }
            rest = rest.dropFirst(count)
        }
    }
    func write(_ text: String) throws { try write(Array(text.utf8)) }

    func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var byte: [UInt8] = [0]
            guard try unsafe byte.withUnsafeMutableBytes({ try unsafe descriptor.read(into: $0) }) == 1 else {
                throw Errno.brokenPipe
            }
            bytes += byte
        }
        return bytes
    }

    func line() throws -> String {
        var bytes: [UInt8] = []
        while bytes.last != UInt8(ascii: "\n") { bytes += try read(1) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Lets the client in.
    func authenticate() throws {
        guard try line() == "\0AUTH EXTERNAL\r\n" else { throw Errno.invalidArgument }
        try write("DATA\r\n")
        guard try line() == "DATA\r\n" else { throw Errno.invalidArgument }
        try write("OK 0123456789abcdef\r\n")
        guard try line() == "BEGIN\r\n" else { throw Errno.invalidArgument }
    }

    /// The client's next call.
    func call() throws -> DBusMessage {
        let prologue = try read(DBusMessage.prologueLength)
        let bytes = prologue + (try read(try DBusMessage.length(prologue) - prologue.count))
        guard let message = try DBusMessage.decode(bytes) else { throw Errno.invalidArgument }
        return message
    }

    func reply(to call: DBusMessage, _ body: [DBusValue] = []) throws {
        var answer = DBusMessage(.reply)
        answer.serial = 1
        answer.replySerial = call.serial
        answer.body = body
        try write(answer.encoded)
    }

    func refuse(_ call: DBusMessage, _ name: String, _ words: String) throws {
        var answer = DBusMessage(.error)
        answer.serial = 1
        answer.replySerial = call.serial
        answer.errorName = name
        answer.body = [.string(words)]
        try write(answer.encoded)
    }

    func removed(job: String, unit: String, _ result: String) throws {
        var signal = DBusMessage(.signal)
        signal.serial = 1
        signal.member = "JobRemoved"
        signal.interface = "org.freedesktop.systemd1.Manager"
        signal.path = "/org/freedesktop/systemd1"
        signal.body = [.uint32(1), .objectPath(job), .string(unit), .string(result)]
        try write(signal.encoded)
    }
}
