// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram

/// What stands behind the program's name on the command line.
enum ProgramArguments {
    /// As the C library passed it: the Swift runtime looks next to the environment, which start-up moves.
    static let all: [String] = {
        var arguments: [String] = []
        while let argument = unsafe program_argument(CInt(arguments.count) + 1) {
            unsafe arguments.append(String(cString: argument))
        }
        return arguments
    }()
}
