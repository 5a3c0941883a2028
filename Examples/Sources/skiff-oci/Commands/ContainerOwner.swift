// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import OCIRuntime
internal import SystemPackage

/// Who created a container: the owner of its state directory.
enum ContainerOwner {
    /// The user's name, `#` and the number when it has none, nothing when the container is gone.
    static func name(of id: String, in runtime: Runtime) -> String {
        var status = stat()
        guard unsafe lstat(runtime.root.appending(id).string, &status) == 0 else { return "" }
        return names[status.st_uid] ?? "#\(status.st_uid)"
    }

    /// The users of this machine. The file is read without the name service, which a static program cannot load.
    private static let names: [UInt32: String] = {
        guard let bytes = try? Files.read("/etc/passwd") else { return [0: "root"] }
        var names: [UInt32: String] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count == 4, let uid = UInt32(String(decoding: fields[2], as: UTF8.self)) else { continue }
            names[uid] = names[uid] ?? String(decoding: fields[0], as: UTF8.self)
        }
        return names
    }()
}
