// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance

/// By which keys a user leaves a container that goes on.
struct DetachFlags: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keys that leave it running; ctrl-p,ctrl-q by default, none if empty.", valueName: "keys")
    )
    var detachKeys: String?

    /// The keys.
    func keys() throws(Failure) -> DetachKeys {
        guard let detachKeys else { return .standard }
        guard let keys = DetachKeys(detachKeys) else {
            throw Failure("invalid argument \"\(detachKeys)\" for --detach-keys: no keys such as ctrl-p,ctrl-q")
        }
        return keys
    }
}
