// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import SystemPackage

extension Cgroup {
    /// Changes limits, and the device policy if one is given, while processes run: all of it or, as far as the kernel
    /// lets us, nothing.
    ///
    /// Like ``apply(_:)-(CgroupLimits)``, but what was written before a failure is put back, newest first.
    ///
    /// - Parameters:
    ///   - limits: The limits; `nil` settings leave their files as they are.
    ///   - devices: The new device policy; `nil` leaves the one in force.
    /// - Throws: ``CgroupError``, as ``apply(_:)-(CgroupLimits)`` and ``apply(_:)-(DevicePolicy)``. The limits are
    ///   those from before, except for files that the error's hint names: the kernel refused their old values.
    /// - Note: Needs write access to the group: root, or a delegated group whose limit files are the caller's.
    public func update(_ limits: CgroupLimits, devices: DevicePolicy? = nil) throws(CgroupError) {
        var undo: CgroupUndo? = CgroupUndo()
        do throws(CgroupError) {
            try apply(limits, undo: &undo)
            if let devices { try apply(devices) }
        } catch {
            let lost = undo?.revert() ?? []
            throw lost.isEmpty ? error : error.addingHint("not put back: \(lost.map(\.string).joined(separator: ", "))")
        }
    }
}
