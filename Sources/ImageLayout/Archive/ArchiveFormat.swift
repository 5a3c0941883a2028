// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The kinds of archive that hold images.
public enum ArchiveFormat: Hashable, Sendable {
    /// A tar archive of an OCI image layout, as skopeo, buildah and podman write with `oci-archive`.
    case oci
    /// A tar archive with `manifest.json` and uncompressed layers, as `docker save` writes.
    case docker
}
