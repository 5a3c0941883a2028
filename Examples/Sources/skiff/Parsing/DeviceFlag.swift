// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// `--device`.
enum DeviceFlag {
    /// `SOURCE[:DESTINATION][:rwm]`.
    static func read(_ text: String) throws(Failure) -> DeviceRequest {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }), parts[0].hasPrefix("/") else {
            throw Failure("invalid device \"\(text)\": the form is /DEV/NODE[:/DEV/NAME][:rwm]")
        }
        let isAccess = parts.count > 1 && parts.last.map { $0.allSatisfy { "rwm".contains($0) } } == true
        let destination = parts.count > (isAccess ? 2 : 1) ? parts[1] : parts[0]
        if parts.count == 3 && !isAccess { throw Failure("invalid device \"\(text)\": \(parts[2]) is not some of rwm") }
        return DeviceRequest(
            source: try HostPath.existing(parts[0], for: "--device"),
            destination: destination,
            access: isAccess ? parts[parts.count - 1] : "rwm"
        )
    }
}
