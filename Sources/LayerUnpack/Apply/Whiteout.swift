// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What an entry whose name starts with `.wh.` asks for.
///
/// - SeeAlso: OCI image-spec, layer.md, "Whiteouts".
enum Whiteout: Hashable, Sendable {
    /// What lower layers have under this name is not there.
    case file([UInt8])
    /// What lower layers have in the entry's directory is not there.
    case opaque
    /// Bookkeeping of aufs, without a meaning.
    case ignored

    /// What the name of a whiteout begins with.
    static let prefix = Array(".wh.".utf8)
    private static let meta = Array(".wh..wh.".utf8)
    /// The name of the file that makes its directory opaque.
    static let opaqueName = Array(".wh..wh..opq".utf8)

    /// Reads an entry's name; `nil` for an entry that is no whiteout.
    init?(_ name: EntryName, kind: TarEntry.Kind) throws(LayerUnpackError) {
        guard let marked = name.components.firstIndex(where: { $0.starts(with: Self.prefix) }) else { return nil }
        let component = Array(name.components[marked])
        let isLast = marked == name.components.count - 1
        if component == Self.opaqueName {
            guard isLast, kind == .regular else { throw Self.refused("an opaque marker must be a file") }
            self = .opaque
            return
        }
        if component.starts(with: Self.meta) {
            self = .ignored
            return
        }
        // Layers of aufs have whiteouts as hard links to one empty file.
        guard isLast, kind == .regular || kind == .hardLink else { throw Self.refused("a whiteout must be a file") }
        let hidden = Array(component.dropFirst(Self.prefix.count))
        if hidden.isEmpty || hidden == [UInt8(ascii: ".")] || hidden == Array("..".utf8) {
            throw Self.refused("it names nothing that can be removed")
        }
        self = .file(hidden)
    }

    /// Refuses a file's name that would be read as a whiteout.
    ///
    /// - Throws: ``LayerUnpackError``: `whiteout`.
    static func refuse(_ name: [UInt8]) throws(LayerUnpackError) {
        guard name.starts(with: prefix) else { return }
        throw LayerUnpackError(.whiteout, "write entry", detail: "in a layer its name would be a whiteout")
    }

    private static func refused(_ why: String) -> LayerUnpackError {
        LayerUnpackError(.whiteout, "read whiteout", detail: why)
    }
}
