// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The program that the demo's containers run: `Examples/Probe`, compiled and embedded while building.
enum Probe {
    /// The executable.
    static var bytes: [UInt8] {
        ProbeImage.words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
    }
}
