// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// Looks into an OCI image layout, such as `skopeo copy docker://debian oci:DIR:latest` makes, without unpacking or running
// anything. Links ImageLayout and OCISpec only.
//
//     layout-inspector DIR [IMAGE]

internal import Glibc
internal import ImageLayout
internal import OCISpec
internal import SystemPackage

@main
enum LayoutInspector {
    static func main() {
        let words = CommandLine.arguments
        guard words.count == 2 || words.count == 3 else {
            fail("usage: layout-inspector DIR [IMAGE]", status: 2)
        }
        do throws(ImageLayoutError) {
            let layout = try ImageLayoutDirectory(opening: FilePath(words[1]))
            if words.count == 3 { try show(words[2], in: layout) } else { try list(layout) }
        } catch {
            fail("\(error)")
        }
    }

    private static func list(_ layout: ImageLayoutDirectory) throws(ImageLayoutError) {
        for entry in try layout.index().manifests {
            let name = entry.annotations?["org.opencontainers.image.ref.name"] ?? "<none>"
            print("\(name)  \(entry.digest)  \(entry.platform.map { "\($0)" } ?? "")")
        }
    }

    private static func show(_ name: String, in layout: ImageLayoutDirectory) throws(ImageLayoutError) {
        let image = try layout.resolve(name)
        print("id            \(image.id)")
        print("platform      \(image.configuration.os)/\(image.configuration.architecture)")
        print("created       \(image.configuration.created ?? "")")
        print("command       \(image.configuration.config?.cmd ?? [])")
        print("environment   \(image.configuration.config?.env ?? [])")
        for step in image.steps {
            let size = step.layer.map { "\($0.descriptor.size) bytes" } ?? "nothing"
            print("layer         \(size), by \(step.history.createdBy ?? "")")
        }
    }
}

/// Ends the program with a line that says why.
func fail(_ message: String, status: Int32 = 1) -> Never {
    _ = try? FileDescriptor.standardError.writeAll("layout-inspector: \(message)\n".utf8)
    exit(status)
}
