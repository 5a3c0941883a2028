// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

extension ProcessExit {
    /// The exit status that stands for this end: the process's own, or 128 and the number of the signal.
    var status: Int32 {
        switch reason {
        case .exited(let status): status
        case .signaled(let signal, _): 128 + signal
        }
    }
}
