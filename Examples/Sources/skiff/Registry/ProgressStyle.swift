// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Glibc

/// How the progress of a transfer is shown, on standard error.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    /// As suits standard error.
    case auto
    /// One line for each change.
    case plain
    /// One line for each layer, which changes.
    case tty
    /// One JSON object a line, with the members that docker's API has.
    case json

    /// The style, with `auto` decided.
    var decided: ProgressStyle {
        guard self == .auto else { return self }
        let terminal = HostEnvironment.variables["TERM"] ?? ""
        return isatty(2) == 1 && !terminal.isEmpty && terminal != "dumb" ? .tty : .plain
    }
}
