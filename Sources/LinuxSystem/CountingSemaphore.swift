// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux

/// A counter that threads wait on, kept by the kernel (`eventfd(2)` with `EFD_SEMAPHORE`).
///
/// Being a descriptor, it can be waited for together with others (`poll(2)`).
package struct CountingSemaphore: ~Copyable, Sendable {
    /// Readable while the counter is above zero.
    package let descriptor: OwnedFileDescriptor

    /// Makes a semaphore that lets `initial` waits pass.
    package init(_ initial: UInt32) throws(SystemCallError) {
        descriptor = OwnedFileDescriptor(takingOver: try systemCall("eventfd2") { clinux_eventfd_semaphore(initial) })
    }

    /// Adds one.
    package func post() {
        var one: UInt64 = 1
        let number = descriptor.rawValue
        // Fails only at 2^64 - 1 posts.
        _ = unsafe clinux_write(number, &one, 8)
    }

    /// Waits until the counter is above zero, and takes one.
    package func wait() {
        var value: UInt64 = 0
        let number = descriptor.rawValue
        while unsafe clinux_read(number, &value, 8) == -Int(CLINUX_EINTR) {}
    }
}
