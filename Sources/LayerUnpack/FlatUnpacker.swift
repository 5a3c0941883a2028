// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
public import SystemPackage

/// Unpacks layers in order into one tree, with whiteouts executed: a root file system for users without overlayfs.
public struct FlatUnpacker: Sendable {
    /// How layers are unpacked.
    public var options: UnpackOptions

    /// An unpacker.
    public init(options: UnpackOptions = UnpackOptions()) { self.options = options }

    /// Unpacks `layers`, the lowest first, into `directory`.
    ///
    /// The directory must be empty; where it is missing it is made, with mode 0755. Owners and modes are the layers'
    /// own, setuid bits included, so that the directory should be below one that only root can enter. Inflating and
    /// hashing run on threads of their own, everything else on the caller's.
    ///
    /// - Returns: One report for each layer.
    /// - Throws: ``LayerUnpackError``. The tree is removed then: a directory that was made is gone, one that was there
    ///   is empty. A cancelled task stops it between two entries.
    /// - Note: Needs `CAP_CHOWN`, `CAP_FOWNER`, `CAP_DAC_OVERRIDE`; `CAP_MKNOD` for device nodes and `CAP_SETFCAP` for
    ///   file capabilities. Linux 5.6 or later.
    /// - SeeAlso: OCI image-spec, layer.md.
    @discardableResult
    public func unpack(_ layers: [LayerSource], into directory: FilePath) throws(LayerUnpackError) -> [LayerReport] {
        let target = try UnpackTarget(directory)
        var reports: [LayerReport] = []
        do throws(LayerUnpackError) {
            for (position, layer) in layers.enumerated() {
                do throws(LayerUnpackError) {
                    let form = LayerForm.flat(hasLowerContent: position > 0)
                    reports.append(
                        try LayerApplier(try target.root.reopened(), form: form, options: options).apply(layer)
                    )
                } catch {
                    throw error.inLayer(position)
                }
            }
        } catch {
            target.remove()
            throw error
        }
        return reports
    }
}
