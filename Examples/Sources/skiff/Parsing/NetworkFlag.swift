// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// `--network`.
enum NetworkFlag {
    static func read(_ text: String) throws(Failure) -> NetworkMode {
        if text == "none" { return .none }
        if text == "host" { return .host }
        if text.hasPrefix("ns:") {
            return .join(try HostPath.existing(String(text.dropFirst(3)), for: "--network"))
        }
        throw Failure("--network \(text) is not supported; use none, host or ns:PATH")
    }
}
