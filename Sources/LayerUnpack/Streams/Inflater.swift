// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What inflates gzip members: header, content, and a trailer whose checksum and length are compared.
protocol Inflater {
    /// Prepares for the next member.
    func startMember()

    /// Inflates from `input` to `output`, neither of which need be used up.
    @unsafe func inflate(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(LayerUnpackError) -> InflateStep
}

/// How far one call of an ``Inflater`` came.
struct InflateStep {
    let consumed: Int
    let produced: Int
    let endsMember: Bool
}
