// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Memory of a fixed size that keeps its address, handed from one thread to the next.
///
/// Only one thread uses a buffer at a time: whoever took it from a queue, until it puts it into the next one.
@safe package final class ByteBuffer: @unchecked Sendable {
    /// How many bytes fit.
    package let capacity: Int
    /// How many bytes at the front are filled.
    package var count = 0
    private let storage: UnsafeMutableRawBufferPointer

    /// Allocates `capacity` bytes, which must be above zero.
    package init(capacity: Int) {
        self.capacity = capacity
        unsafe storage = .allocate(byteCount: capacity, alignment: 64)
    }

    /// All of the memory, for filling.
    @unsafe package var memory: UnsafeMutableRawBufferPointer { unsafe storage }

    /// The filled part.
    @unsafe package var filled: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: storage[0..<count]) }

    deinit { unsafe storage.deallocate() }
}
