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

    /// What a layer may ask for.
    public var limits = LayerLimits()
    /// What happens to device nodes; default: they are made.
    public var devices = DevicePolicy.create

    /// The default options.
    public init() {}
}
