// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// What a machine says about user namespaces of callers without privilege.
package struct UserNamespaceRules: Hashable, Sendable {
    /// `kernel.unprivileged_userns_clone`, of Debian's kernels; `nil` where there is none.
    var cloneAllowed: Int?
    /// `user.max_user_namespaces`.
    var limit: Int?
    /// `kernel.apparmor_restrict_unprivileged_userns`, of Ubuntu's kernels.
    var restrictedByAppArmor: Int?

    /// Reads the rules; what cannot be read is not there.
    static func read(_ value: (FilePath) -> Int?) -> UserNamespaceRules {
        UserNamespaceRules(
            cloneAllowed: value("/proc/sys/kernel/unprivileged_userns_clone"),
            limit: value("/proc/sys/user/max_user_namespaces"),
            restrictedByAppArmor: value("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
        )
    }

    /// This machine's.
    package static var current: UserNamespaceRules {
        read { path in
            // A file that is not there is an answer, too.
            guard let bytes = try? OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 64) else {
                return nil
            }
            return Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
        }
    }

    /// What stands in the way of a caller without privilege, and what to do about it; `nil` when nothing is known to.
    package var obstacle: String? {
        if cloneAllowed == 0 {
            return "user namespaces are forbidden without privilege: set kernel.unprivileged_userns_clone to 1"
        }
        if limit == 0 { return "user namespaces are switched off: raise user.max_user_namespaces above 0" }
        if let restrictedByAppArmor, restrictedByAppArmor != 0 {
            return "AppArmor forbids user namespaces to programs without a profile that allows them: "
                + "set kernel.apparmor_restrict_unprivileged_userns to 0 or load such a profile"
        }
        return nil
    }
}
