// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// Makes a part of an image's tree as `tree` in a directory.
///
/// Directories come first and contents last, so that each layer is read once, whatever it holds of the part.
final class TreeExtraction {
    private static let top = Array("tree".utf8)

    private let applier: LayerApplier
    private let limits: LayerLimits
    /// For each layer the entries whose content is wanted, by their positions, and the names that they get.
    private var wanted: [Int: [UInt64: [[UInt8]]]] = [:]

    init(_ root: TreeDirectory, options: UnpackOptions) {
        applier = LayerApplier(root, form: .flat(hasLowerContent: false), options: options)
        limits = options.limits
    }

    /// Makes `entries`, which begin with the part's root, reading what they need of `layers`.
    func run(_ entries: ArraySlice<MergedEntry>, _ layers: [LayerSource]) throws(LayerUnpackError) {
        let prefix = entries.first?.path.bytes.count ?? 0
        for merged in entries {
            // The slash in front is passed over where there is one, as it is where the part is the whole tree.
            let name = Self.top + [UInt8(ascii: "/")] + merged.path.bytes.dropFirst(prefix)
            do throws(LayerUnpackError) { try begin(merged, name, layers: layers.count) } catch {
                throw error.about(merged.path.bytes)
            }
        }
        for position in wanted.keys.sorted() {
            do throws(LayerUnpackError) {
                try read(layers[position], wanted[position] ?? [:])
            } catch {
                throw error.inLayer(position)
            }
        }
        try applier.finishDirectories()
    }

    /// Makes what needs no content, and takes note of what does.
    private func begin(_ merged: MergedEntry, _ name: [UInt8], layers: Int) throws(LayerUnpackError) {
        guard merged.entry.kind == .file || merged.entry.kind == .hardLink else {
            return try applier.place(TarEntry(merged.entry, name: name), nil)
        }
        guard let ordinal = merged.ordinal, merged.layer < layers else {
            throw LayerUnpackError(.pathMissing, "read file", detail: "its layer is not given")
        }
        wanted[merged.layer, default: [:]][ordinal, default: []].append(name)
    }

    private func read(_ source: LayerSource, _ wanted: [UInt64: [[UInt8]]]) throws(LayerUnpackError) {
        let reader = try TarReader(source, limits: limits)
        var position: UInt64 = 0
        var found = 0
        while let entry = try reader.next() {
            if Task.isCancelled { throw LayerUnpackError(.cancelled, "extract") }
            if let names = wanted[position] {
                try make(entry, names, reader)
                found += 1
            }
            position += 1
        }
        _ = try reader.finish()
        guard found == wanted.count else {
            throw LayerUnpackError(.truncated, "extract", detail: "it is another layer than was listed")
        }
    }

    private func make(_ entry: TarEntry, _ names: [[UInt8]], _ reader: TarReader) throws(LayerUnpackError) {
        guard let first = names.first else { return }
        var file = entry
        file.name = first
        do throws(LayerUnpackError) {
            try applier.place(file, reader)
            for name in names.dropFirst() {
                var link = entry
                (link.kind, link.name, link.linkTarget) = (.hardLink, name, first)
                (link.size, link.storedSize, link.attributes) = (0, 0, [])
                try applier.place(link, nil)
            }
        } catch {
            throw error.about(entry.name)
        }
    }
}

extension TarEntry {
    /// An entry without content, under another name.
    init(_ listed: ListedEntry, name: [UInt8]) {
        let kind: Kind =
            switch listed.kind {
            case .file: .regular
            case .hardLink: .hardLink
            case .symlink: .symlink
            case .directory, .whiteout, .opaque: .directory
            case .characterDevice: .character
            case .blockDevice: .block
            case .fifo: .fifo
            }
        self.init(
            kind: kind,
            name: name,
            linkTarget: listed.linkTarget?.bytes ?? [],
            mode: listed.mode,
            uid: Int64(listed.uid),
            gid: Int64(listed.gid),
            storedSize: 0,
            size: 0,
            modified: TarTime(seconds: listed.modified.seconds, nanoseconds: listed.modified.nanoseconds),
            deviceMajor: Int64(listed.device?.major ?? 0),
            deviceMinor: Int64(listed.device?.minor ?? 0),
            attributes: (listed.attributes ?? []).map { Attribute(name: $0.name.bytes, value: $0.value.bytes) }
        )
    }
}
