// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
internal import SystemPackage

/// Reading, applying, storing or writing a layer failed.
public struct LayerUnpackError: Error, Hashable, Sendable {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: Hashable, Sendable {
        /// A name leads out of the tree through `..`.
        case pathTraversal
        /// An entry for the tree's root is not a directory.
        case rootType
        /// A name is empty, has a NUL byte, or is longer than the limits allow.
        case badName
        /// A hard link leads out of the tree, or to what is not there or cannot be linked.
        case linkTarget
        /// A name with the prefix `.wh.` that is no whiteout, or that a file has which is to be written.
        case whiteout
        /// An entry needs a directory where the tree has something else.
        case notDirectory
        /// One of ``LayerLimits`` is passed.
        case limit
        /// The uncompressed layer has another digest than the image's configuration says.
        case diffIDMismatch
        /// The blob has another digest than its descriptor says.
        case digestMismatch
        /// The blob has another size than its descriptor says.
        case sizeMismatch
        /// The layer ends too early.
        case truncated
        /// The layer goes on after its end.
        case trailingData
        /// A media type that is no layer of ours.
        case unsupportedMediaType
        /// The content is not compressed as the media type says.
        case compressionMismatch
        /// The compressed stream is damaged.
        case badCompression
        /// A tar header that is damaged, or that two readers could understand differently.
        case badHeader
        /// A malformed record of an extended (PAX) header.
        case badExtendedHeader
        /// The map of a sparse file is malformed.
        case badSparseMap
        /// A kind of tar entry that has no meaning in a layer.
        case unsupportedEntry
        /// A device node that a layer may not make, or whose number is out of range.
        case badDevice
        /// An owner outside of 0 to 2^32 - 2.
        case badOwner
        /// A file capability that the kernel would not understand.
        case badCapability
        /// The directory to unpack into has content already.
        case targetNotEmpty
        /// The image has nothing at the path.
        case pathMissing
        /// The path is no regular file, and only one of these can be written to a stream.
        case notRegularFile
        /// The snapshot is not in the store.
        case snapshotMissing
        /// The kernel lacks what an overlay mount of this kind needs.
        case overlayUnsupported
        /// A directory of overlayfs has a mark that a layer has no form for.
        case unsupportedMark
        /// The calling task was cancelled.
        case cancelled
        /// A system call failed; see ``LayerUnpackError/cause``.
        case systemCall
    }

    /// What went wrong.
    public let code: Code
    /// What was being done, for example `create directory`.
    public let step: String
    /// The bytes of the entry's name, if it was about one entry.
    public var entry: [UInt8]?
    /// The layer's position in the image, from 0, if it was about one of several.
    public var layer: Int?
    /// The facts: the value that was refused, what was expected.
    public let detail: String?
    /// The system call that failed, if one did.
    public let cause: SystemCallError?

    init(_ code: Code, _ step: String, detail: String? = nil, cause: SystemCallError? = nil) {
        self.code = code
        self.step = step
        self.detail = detail
        self.cause = cause
    }

    package init(_ step: String, _ cause: SystemCallError) { self.init(.systemCall, step, cause: cause) }

    /// Whether an overlay mount failed for lack of overlayfs, or since it cannot be on this file system: a copy of the
    /// layers can be made there.
    package var saysOverlayIsMissing: Bool {
        if code == .overlayUnsupported { return true }
        guard step == "mount overlay" else { return false }
        // The kernel's log, in `detail`, says which of many reasons EINVAL has; none of them hinders a copy.
        return [.invalidArgument, .notSupported, .noFunction, .init(rawValue: CLINUX_ENODEV)].contains(errno)
    }

    /// The kernel's error number, where a system call failed.
    var errno: Errno? { cause?.errno }

    /// The same error, about the entry `name` unless it names one already.
    func about(_ name: [UInt8]) -> LayerUnpackError {
        var copy = self
        if copy.entry == nil { copy.entry = name }
        return copy
    }

    /// The same error, about the layer at `position`.
    func inLayer(_ position: Int) -> LayerUnpackError {
        var copy = self
        copy.layer = position
        return copy
    }
}

extension LayerUnpackError: CustomStringConvertible {
    /// One line in lower case: layer, entry, step, what was wrong.
    public var description: String {
        var parts: [String] = []
        if let layer { parts.append("layer \(layer)") }
        if let entry { parts.append("entry \(entry.escapedForDisplay)") }
        parts.append(step)
        if let detail { parts.append(detail) }
        if let cause { parts.append(cause.description) }
        return parts.joined(separator: ": ")
    }
}
