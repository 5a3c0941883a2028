// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How layers are unpacked.
public struct UnpackOptions: Hashable, Sendable {
    /// What happens to device nodes in a layer.
    public enum DevicePolicy: Hashable, Sendable {
        /// They are made (needs `CAP_MKNOD` in the initial user namespace).
        case create
        /// They are left out, and counted in ``LayerReport/skippedDevices``.
        case skip
    }

    /// Whom unpacked files belong to.
    public enum OwnerPolicy: Hashable, Sendable {
        /// To the users that the layer names (needs `CAP_CHOWN`).
        case kept
        /// To whoever unpacks. Setuid and setgid bits are cleared, as they would mean another user, and extended
        /// attributes that may not be set are left out.
        case caller
    }

    /// What a layer may ask for.
    public var limits = LayerLimits()
    /// What happens to device nodes; default: they are made.
    public var devices = DevicePolicy.create
    /// Whom files belong to; default: to the users that the layer names.
    public var owners = OwnerPolicy.kept

    /// The default options.
    public init() {}
}
