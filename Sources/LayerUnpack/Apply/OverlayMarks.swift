// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Where overlayfs keeps its marks.
public enum OverlayMarks: Hashable, Sendable {
    /// In `trusted.overlay.` attributes; needs `CAP_SYS_ADMIN` in the initial user namespace.
    case trusted
    /// In `user.overlay.` attributes, for mounts with the option `userxattr`.
    case user

    /// The attribute that makes a directory opaque; its value is `y`.
    var opaqueAttribute: [UInt8] { attribute("opaque") }

    /// The attribute of overlayfs' mark `name`.
    func attribute(_ name: String) -> [UInt8] {
        switch self {
        case .trusted: Array("trusted.overlay.\(name)".utf8)
        case .user: Array("user.overlay.\(name)".utf8)
        }
    }
}
