// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import OCIRuntime

@Suite("The console socket") struct ConsoleSocketTests {
    /// The broken variant waited for ever, and the creation of the container with it.
    @Test("is given up when its owner does not answer and its queue is full", .rows("F-12"))
    func fullQueue() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("console.sock")
        let listener = try UnixListener(at: path, backlog: 0)
        defer { listener.close() }
        let terminal = try OwnedFileDescriptor.open("/dev/null", CLINUX_O_RDWR)
        #expect(throws: RuntimeError.self) {
            for _ in 0..<4 { try ConsoleSocket.send(terminal, to: path, container: "box") }
        }
    }
}
