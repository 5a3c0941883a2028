// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

/// Reads what a container writes, without holding a thread while there is nothing.
enum OutputCapture {
    /// Reads to the end.
    ///
    /// - Parameters:
    ///   - descriptor: The reading end of a pipe; `nil` reads nothing.
    ///   - limit: The most bytes that are kept.
    ///   - onExcess: Called once when there is more; reading goes on, so that the writer is not stuck.
    /// - Returns: The first `limit` bytes, or all.
    /// - Throws: ``SystemCallError``; `CancellationError` when the task is cancelled.
    static func read(
        _ descriptor: SharedDescriptor?,
        limit: Int,
        onExcess: @Sendable () -> Void
    ) async throws -> [UInt8] {
        guard let descriptor else { return [] }
        var kept: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var isExceeded = false
        while true {
            try await Readiness.shared.waitUntilReadable(descriptor.descriptor)
            let count = try descriptor.descriptor.read(into: &buffer)
            if count == 0 { return kept }
            let room = limit - kept.count
            kept.append(contentsOf: buffer[0..<min(count, room)])
            if count > room && !isExceeded {
                isExceeded = true
                onExcess()
            }
        }
    }
}
