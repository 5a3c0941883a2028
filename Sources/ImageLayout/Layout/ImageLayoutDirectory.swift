// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LinuxSystem
internal import OCISpec
public import SystemPackage

/// A directory that holds images: an OCI image layout.
///
/// Besides what the specification asks for (`oci-layout`, `index.json`, `blobs`) there is a directory `ingest`, for
/// temporary files and the lock by which processes that write take turns. Other tools that read and write image layouts
/// can use the directory as well, though they do not know the lock.
///
/// Everything in the directory is opened by descriptor, and no symbolic link in it is followed. All methods block until
/// the file system has answered. No privilege is needed.
///
/// - SeeAlso: OCI image-spec 1.1, image-layout.md.
public final class ImageLayoutDirectory: Sendable {
    /// The blobs.
    public let blobs: BlobStore
    /// Where the directory is.
    public let path: FilePath

    /// The annotation of an entry of the index whose layers were unpacked as they arrived and are not among the blobs.
    public static let layersElsewhere = "dev.skiff.layers"

    static let marker = ImageLayoutMarker().json()

    /// Opens an existing image layout.
    ///
    /// Temporary files that a killed process left are removed where that is permitted.
    ///
    /// - Throws: ``ImageLayoutError``: `notALayout`, `invalidDocument`, `systemCall`.
    public convenience init(opening path: FilePath) throws(ImageLayoutError) {
        try self.init(opening: path, onStep: nil)
    }

    /// Opens an image layout, or makes an empty one where there is none.
    ///
    /// A directory that is not empty and no image layout is refused. Missing parents are not made.
    ///
    /// - Throws: ``ImageLayoutError``: `notALayout`, `invalidDocument`, `systemCall`.
    public static func openOrCreate(_ path: FilePath) throws(ImageLayoutError) -> ImageLayoutDirectory {
        try openOrCreate(path, onStep: nil)
    }

    /// As ``openOrCreate(_:)``; `onStep` is called at each step of an ingest.
    package static func openOrCreate(
        _ path: FilePath,
        onStep: (@Sendable (IngestStep) -> SystemCallError?)?
    ) throws(ImageLayoutError) -> ImageLayoutDirectory {
        do throws(SystemCallError) { try create(path) } catch { throw ImageLayoutError(error, "image layout \(path)") }
        return try ImageLayoutDirectory(opening: path, onStep: onStep)
    }

    init(
        opening path: FilePath,
        onStep: (@Sendable (IngestStep) -> SystemCallError?)?
    ) throws(ImageLayoutError) {
        let subject = "image layout \(path)"
        let root = try about(subject) { () throws(SystemCallError) in try RootDirectory(at: path) }
        let marker: [UInt8]
        do throws(SystemCallError) { marker = try root.readFile("oci-layout", limit: 4096, .noSymlinks) } catch {
            if error.errno == .noSuchFileOrDirectory {
                throw ImageLayoutError(.notALayout, subject, "it has no file oci-layout")
            }
            throw ImageLayoutError(error, subject)
        }
        try Self.checkMarker(marker, subject)
        self.path = path
        blobs = BlobStore(root: root, name: "\(path)", onStep: onStep)
        // A layout on a read-only file system can be read; leftovers wait for the next one who may write.
        try? blobs.sweep()
    }

    /// Checks the content of a file `oci-layout`.
    static func checkMarker(_ bytes: [UInt8], _ subject: String) throws(ImageLayoutError) {
        do throws(JSONError) { _ = try ImageLayoutMarker(json: bytes) } catch {
            throw ImageLayoutError(.notALayout, "\(subject): oci-layout", cause: .document(error))
        }
    }

    /// Makes an empty layout unless `path` has a file `oci-layout`; the marker comes last.
    private static func create(_ path: FilePath) throws(SystemCallError) {
        do throws(SystemCallError) {
            let root = try OwnedFileDescriptor.open(".", CLINUX_O_PATH | CLINUX_O_DIRECTORY)
            let number = root.rawValue
            try systemCall("mkdirat", path: path) { path.withCString { unsafe clinux_mkdirat(number, $0, 0o755) } }
        } catch {
            if error.errno != .fileExists { throw error }
        }
        let root = try RootDirectory(at: path)
        do throws(SystemCallError) {
            _ = try root.open("oci-layout", CLINUX_O_PATH | CLINUX_O_NOFOLLOW, .noSymlinks)
            return
        } catch {
            if error.errno != .noSuchFileOrDirectory { throw error }
        }
        let ours = ["ingest", "blobs", "index.json", ".index.json.tmp", ".oci-layout.tmp"].map { Array($0.utf8) }
        for entry in try root.entries() where !ours.contains(entry.name) {
            throw SystemCallError(call: "mkdirat", path: path, errno: .directoryNotEmpty)
        }
        let ingest: RootDirectory
        do throws(SystemCallError) { try root.makeDirectory("ingest", mode: 0o700) } catch {
            if error.errno != .fileExists { throw error }
        }
        ingest = try root.directory("ingest", .noSymlinks)
        let lock = try LayoutLock.take(.index, .exclusive, in: ingest)
        try root.makeDirectories("blobs/sha256")
        try root.directory("blobs", .noSymlinks).descriptor.synchronize()
        do throws(SystemCallError) {
            _ = try root.open("index.json", CLINUX_O_PATH | CLINUX_O_NOFOLLOW, .noSymlinks)
        } catch {
            if error.errno != .noSuchFileOrDirectory { throw error }
            try root.replaceFile("index.json", ImageIndex(manifests: []).json(), mode: 0o644)
        }
        try root.replaceFile("oci-layout", marker, mode: 0o644)
        _ = consume lock
    }
}
