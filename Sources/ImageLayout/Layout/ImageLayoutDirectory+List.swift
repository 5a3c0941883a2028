// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

extension ImageLayoutDirectory {
    /// The images of the layout. A damaged image does not hide the others.
    ///
    /// - Throws: ``ImageLayoutError``: `notALayout`, `invalidDocument`, `systemCall`.
    public func images() throws(ImageLayoutError) -> ImageList {
        var list = ImageList()
        for descriptor in try index().manifests {
            let manifests: [Descriptor]
            let name: ImageName?
            do throws(ImageLayoutError) {
                name = try ImageName.of(descriptor)
                manifests = try ImageGraph(of: descriptor, in: blobs).manifests
            } catch {
                list.problems.append(error)
                continue
            }
            for manifest in manifests {
                do throws(ImageLayoutError) {
                    let image = try ResolvedImage(manifest, reference: name?.reference, from: blobs)
                    list.images.append(Self.summary(of: image, name: name))
                } catch {
                    // An index may name platforms that were not saved with it.
                    if error.code == .notFound && manifest.digest != descriptor.digest { continue }
                    list.problems.append(error)
                }
            }
        }
        return list
    }

    private static func summary(of image: ResolvedImage, name: ImageName?) -> ImageSummary {
        var size = image.manifestDescriptor.size
        for descriptor in [image.configurationDescriptor] + image.manifest.layers {
            let (sum, overflow) = size.addingReportingOverflow(descriptor.size)
            size = overflow ? .max : sum
        }
        return ImageSummary(
            name: name?.description,
            reference: name?.reference,
            id: image.id,
            manifest: image.manifestDescriptor,
            size: size,
            created: image.configuration.created,
            platform: image.configuration.platform,
            diffIDs: image.configuration.rootfs.diffIDs
        )
    }
}
