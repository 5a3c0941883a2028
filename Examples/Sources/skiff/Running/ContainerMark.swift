// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// What is noted of a container by an empty file in its directory.
enum ContainerMark: String {
    /// Somebody has stopped it: its supervisor does not start it again.
    case stopped
    /// Its standard input stays open for those who attach.
    case interactive

    private func path(_ container: StoredContainer) -> FilePath { container.bundle.appending(rawValue) }

    /// Whether it is noted.
    func isSet(_ container: StoredContainer) -> Bool { HostPath.isFile(path(container)) }

    /// Notes it. A container that is removed meanwhile needs no note.
    ///
    /// - Throws: ``Failure`` when the file cannot be made.
    func set(_ container: StoredContainer) throws(Failure) {
        let path = path(container)
        let number = unsafe open(path.string, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if number < 0 && errno == ENOENT { return }
        guard number >= 0 else {
            throw Failure("note that the container is \(rawValue): \(path): \(Failure.text(of: errno))")
        }
        close(number)
    }

    /// Forgets it.
    func clear(_ container: StoredContainer) { _ = unsafe unlink(path(container).string) }
}
