// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// The wish, made with a container, that its standard input stays open for those who attach: a file in its directory.
enum InputMark {
    private static func path(_ container: StoredContainer) -> String {
        container.bundle.appending("interactive").string
    }

    /// Whether the container was made so.
    static func isSet(_ container: StoredContainer) -> Bool { HostPath.isFile(FilePath(path(container))) }

    /// Notes it.
    static func set(_ container: StoredContainer) {
        let number = unsafe open(path(container), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if number >= 0 { close(number) }
    }
}
