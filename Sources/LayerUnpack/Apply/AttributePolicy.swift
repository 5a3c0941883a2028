// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Which extended attributes a layer may set.
///
/// Kept are `security.capability`, when the kernel would understand it, `user.` attributes and POSIX ACLs. Everything
/// else is about the host: labels of its security modules, overlayfs' own marks, attributes of file systems.
enum AttributePolicy {
    /// What is done with one attribute.
    enum Verdict: Hashable { case keep, drop }

    static func verdict(
        on attribute: TarEntry.Attribute,
        of kind: TarEntry.Kind
    ) throws(LayerUnpackError) -> Verdict {
        let name = attribute.name
        if name.elementsEqual("security.capability".utf8) {
            // The kernel gives capabilities to regular files only.
            guard kind == .regular else { return .drop }
            try checkCapability(attribute.value)
            return .keep
        }
        guard kind == .regular || kind == .directory else { return .drop }
        if name.starts(with: "user.overlay.".utf8) { return .drop }
        if name.starts(with: "user.".utf8) && name.count > 5 { return .keep }
        let lists = ["system.posix_acl_access", "system.posix_acl_default"]
        return lists.contains { name.elementsEqual($0.utf8) } ? .keep : .drop
    }

    /// `struct vfs_cap_data` of revision 2 or `struct vfs_ns_cap_data` (3), little endian; see capabilities(7).
    private static func checkCapability(_ value: [UInt8]) throws(LayerUnpackError) {
        let sizes: [UInt8: Int] = [2: 20, 3: 24]
        guard value.count >= 4, let size = sizes[value[3]], value.count == size, value[1] == 0, value[2] == 0,
            value[0] & ~1 == 0
        else {
            throw LayerUnpackError(
                .badCapability,
                "set file capability",
                detail: "security.capability has a form the kernel does not know"
            )
        }
    }
}
