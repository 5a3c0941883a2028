// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The kernel's names of resource limits (setrlimit(2)).
package enum ResourceName {
    /// What follows `RLIMIT_`, in the order of the kernel's numbers.
    private static let names = [
        "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING",
        "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
    ]

    /// The name of resource `number`, for example `RLIMIT_NOFILE`; the number itself when it has none.
    package static func of(_ number: UInt32) -> String {
        number < names.count ? "RLIMIT_" + names[Int(number)] : "resource limit \(number)"
    }
}
