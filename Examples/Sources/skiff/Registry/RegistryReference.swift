// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

extension Reference {
    /// The reference that a user names an image in a registry by; `docker://`, as podman has it, may stand before it.
    init(inRegistry text: String) throws {
        let transport = "docker://"
        if text.hasPrefix(transport) {
            try self.init(String(text.dropFirst(transport.count)))
        } else if let end = text.firstRange(of: "://") {
            throw Failure("\(text): images are moved from and to registries only, not by \(text[..<end.lowerBound])")
        } else {
            try self.init(text)
        }
    }
}
