// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One line of `/proc/cgroups`: a controller that the kernel was built with.
package struct KernelControllerEntry: Hashable, Sendable {
    /// The controller's version 1 name.
    package let name: String
    /// The version 1 hierarchy it is attached to; 0 when it belongs to version 2 or to none.
    package let hierarchyID: UInt64
    /// Whether the kernel's command line left it enabled.
    package let isEnabled: Bool

    /// Parses the whole file; the heading and lines that do not follow the format are skipped.
    package static func parse(_ text: [UInt8]) -> [KernelControllerEntry] {
        KernelText.lines(text).compactMap(Self.init)
    }

    private init?(_ line: ArraySlice<UInt8>) {
        let fields = KernelText.fields(line)
        guard line.first != UInt8(ascii: "#"), fields.count >= 4, let id = KernelText.number(fields[1]),
            let enabled = KernelText.number(fields[3])
        else { return nil }
        name = KernelText.string(fields[0])
        hierarchyID = id
        isEnabled = enabled != 0
    }
}
