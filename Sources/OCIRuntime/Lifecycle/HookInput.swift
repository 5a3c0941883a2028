// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// The state that hooks read.
enum HookInput {
    /// The state for hooks inside the container, split at the process number: they are told it as they see it.
    static func split(_ state: ContainerState) -> (front: [UInt8], tail: [UInt8]) {
        var state = state
        state.pid = placeholder
        let bytes = state.json()
        let number = Array("\(placeholder)".utf8)
        // The first is the field itself: only an id, which has no quotes, comes before it.
        let key = Array("\"pid\":".utf8)
        for start in bytes.indices.dropLast(key.count + number.count) where bytes[start...].starts(with: key) {
            let rest = bytes[(start + key.count)...].drop { $0 == UInt8(ascii: " ") }
            guard rest.starts(with: number) else { continue }
            return (Array(bytes[..<rest.startIndex]), Array(rest.dropFirst(number.count)))
        }
        return (bytes, [])
    }

    private static let placeholder = 999_999_999_999
}
