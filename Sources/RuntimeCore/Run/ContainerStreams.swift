// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCIRuntime
internal import Synchronization

/// What a process in a container writes, as it comes: an asynchronous sequence of chunks.
///
/// The pipe is the only buffer (64 KiB as Linux has it), so a writer that is faster than its reader waits for it. The
/// sequence ends when every process that holds the other end has ended. It can be read once: two readers share the
/// chunks between them.
public struct ContainerOutput: AsyncSequence, Sendable {
    let descriptor: SharedDescriptor?

    /// Reads one chunk after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let descriptor: SharedDescriptor?

        /// The next bytes, at least one; `nil` at the end.
        ///
        /// - Throws: ``ContainerStoreError``: `systemCall`; `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> [UInt8]? {
            guard let descriptor else { return nil }
            try await Readiness.shared.waitUntilReadable(descriptor.descriptor)
            return try about("read the container's output") { () throws(SystemCallError) in
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                let count = try descriptor.descriptor.read(into: &buffer)
                return count == 0 ? nil : Array(buffer[0..<count])
            }
        }
    }

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(descriptor: descriptor) }

    /// The lines, without their ends; what follows the last line end is a line too.
    public var lines: ContainerLines { ContainerLines(output: self) }
}

/// The lines that a process in a container writes.
public struct ContainerLines: AsyncSequence, Sendable {
    /// The longest line that is gathered; a longer one comes in pieces.
    public static var longestLine: Int { 1 << 20 }

    let output: ContainerOutput

    /// Reads one line after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var chunks: ContainerOutput.AsyncIterator
        var splitter = LineSplitter(longestLine: ContainerLines.longestLine)

        /// The next line as text, bytes that are no UTF-8 replaced; `nil` at the end.
        ///
        /// - Throws: ``ContainerStoreError``: `systemCall`; `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> String? {
            while true {
                if let line = splitter.next() { return String(decoding: line, as: UTF8.self) }
                guard let chunk = try await chunks.next() else {
                    return splitter.finish().map { String(decoding: $0, as: UTF8.self) }
                }
                splitter.add(chunk)
            }
        }
    }

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(chunks: output.makeAsyncIterator()) }
}

/// Cuts bytes into lines.
struct LineSplitter {
    let longestLine: Int
    private var bytes: [UInt8] = []
    /// Where the next line begins.
    private var start = 0
    /// Up to where no line end is.
    private var searched = 0

    init(longestLine: Int) { self.longestLine = longestLine }

    /// Adds bytes.
    mutating func add(_ more: [UInt8]) {
        bytes.removeFirst(start)
        searched -= start
        start = 0
        bytes += more
    }

    /// The next whole line, or a piece of one that is too long.
    mutating func next() -> [UInt8]? {
        let limit = min(bytes.count, start + longestLine + 1)
        if let end = bytes[searched..<limit].firstIndex(of: UInt8(ascii: "\n")) { return take(to: end, dropping: 1) }
        if bytes.count - start > longestLine { return take(to: start + longestLine, dropping: 0) }
        searched = bytes.count
        return nil
    }

    /// What is left when nothing more comes.
    mutating func finish() -> [UInt8]? { start == bytes.count ? nil : take(to: bytes.count, dropping: 0) }

    private mutating func take(to end: Int, dropping: Int) -> [UInt8] {
        defer {
            start = end + dropping
            searched = start
        }
        return Array(bytes[start..<end])
    }
}

/// The writing end of a container's standard input.
public final class ContainerInput: Sendable {
    private let end: Mutex<SharedDescriptor?>

    init(_ descriptor: SharedDescriptor?) { end = Mutex(descriptor) }

    /// Writes bytes; waits while the pipe is full.
    ///
    /// - Throws: ``ContainerStoreError``: `wrongState` after ``finish()``, and when nobody in the container can read any
    ///   more; `CancellationError` when the task is cancelled. Some of the bytes may have been written then.
    public func write(_ bytes: [UInt8]) async throws {
        guard let descriptor = end.withLock({ $0 }) else {
            throw ContainerStoreError(.wrongState, "write to the container's input: it is finished")
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try write(rest, to: descriptor)
            if count == 0 { try await Readiness.shared.waitUntilWritable(descriptor.descriptor) }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes text as UTF-8; waits while the pipe is full.
    ///
    /// - Throws: As ``write(_:)-([UInt8])``.
    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Ends the input: the process reads the end of the file behind what was written.
    public func finish() { end.withLock { $0 = nil } }

    private func write(_ bytes: ArraySlice<UInt8>, to descriptor: SharedDescriptor) throws(ContainerStoreError) -> Int {
        do throws(SystemCallError) { return try descriptor.descriptor.writeAvailable(bytes) } catch {
            if error.errno == .brokenPipe {
                throw ContainerStoreError(
                    .wrongState,
                    "write to the container's input: nobody reads it any more",
                    cause: .systemCall(error)
                )
            }
            throw ContainerStoreError("write to the container's input", error)
        }
    }
}
