// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux

extension CapabilitySet {
    /// What the calling thread may use now (capget(2)).
    public static var effective: CapabilitySet {
        var sets: [3 of UInt64] = [0, 0, 0]
        var span = sets.mutableSpan
        let result = unsafe span.withUnsafeMutableBufferPointer { unsafe clinux_capget($0.baseAddress) }
        return result == 0 ? CapabilitySet(rawValue: sets[0]) : []
    }
}
