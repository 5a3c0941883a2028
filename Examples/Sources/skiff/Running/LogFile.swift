// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// The kept output of a detached container.
struct LogFile: ~Copyable {
    private let file: FileDescriptor
    private var offset: Int64 = 0

    /// `nil` when none is kept.
    init?(_ container: StoredContainer) throws {
        do {
            file = try FileDescriptor.open(container.logFile, .readOnly, options: [.closeOnExec, .noFollow])
        } catch let error as Errno {
            if error == .noSuchFileOrDirectory { return nil }
            throw Failure("open \(container.logFile): \(Failure.text(of: error.rawValue))")
        }
    }

    /// Skips all but the last lines.
    mutating func skip(toLast lines: Int?) throws {
        guard let lines else { return }
        var starts: [Int64] = [0]
        var position: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = try read(&buffer, at: position)
            if count == 0 { break }
            for index in 0..<count where buffer[index] == UInt8(ascii: "\n") {
                starts.append(position + Int64(index) + 1)
            }
            if starts.count > lines + 2 { starts.removeFirst(starts.count - lines - 2) }
            position += Int64(count)
        }
        if starts.last == position { starts.removeLast() }
        offset = lines == 0 ? position : starts.suffix(lines).first ?? position
    }

    /// Copies what is there to standard output.
    mutating func copy() throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = try read(&buffer, at: offset)
            if count == 0 { return }
            try Output.write(Array(buffer[..<count]), to: 1)
            offset += Int64(count)
        }
    }

    private func read(_ buffer: inout [UInt8], at offset: Int64) throws -> Int {
        try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: offset, into: $0) }
    }

    deinit { try? file.close() }
}
