// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec

/// The options of one mount, read in order: of options that contradict each other, the last one counts.
struct MountOptionList: Hashable, Sendable {
    /// Attributes to set.
    var set: MountFlags = []
    /// Attributes to clear.
    var clear: MountFlags = []
    /// Attributes to set on the mount and everything below it.
    var recursiveSet: MountFlags = []
    /// Attributes to clear on the mount and everything below it.
    var recursiveClear: MountFlags = []
    /// How mount events travel.
    var propagation: MountPropagation?
    /// Whether something of the host is attached, and whether with what is mounted below it.
    var bind: BindKind?
    /// The place of `remount`.
    var remount: Int?
    /// Flags of the file system itself, with their places.
    var superblock: [PlacedOption] = []
    /// Options that only the file system knows, with their places.
    var data: [PlacedOption] = []
    /// Whether owners of files are mapped, and of what is mounted below, too.
    var mapsRecursively: Bool?
    /// The place of `idmap` or `ridmap`.
    var mapping: Int?
    /// The place of `tmpcopyup`.
    var copyContent: Int?
    /// Whether versions of files are asked for.
    var wantsFileVersions = false

    /// How much of the host's tree is attached.
    enum BindKind: Hashable, Sendable { case single, recursive }

    /// An option and its index in the document.
    struct PlacedOption: Hashable, Sendable {
        var text: String
        var index: Int
    }

    /// Reads the options.
    ///
    /// - Parameters:
    ///   - options: The options as the document has them.
    ///   - path: The place of the list.
    /// - Throws: ``MappingError``: `unsupported` for an option that is known and not applied.
    init(_ options: [String], at path: JSONPath) throws(MappingError) {
        // buildah writes an empty one for a volume without options; it asks for nothing.
        for (index, option) in options.enumerated() where !option.utf8.isEmpty {
            try add(option, at: index, path: path)
        }
    }

    private mutating func add(_ text: String, at index: Int, path: JSONPath) throws(MappingError) {
        switch MountOption(name: text) {
        case .set(let flag, recursive: false): (set, clear) = (set.union(flag), clear.subtracting(flag))
        case .set(let flag, recursive: true):
            (recursiveSet, recursiveClear) = (recursiveSet.union(flag), recursiveClear.subtracting(flag))
        case .clear(let flag, recursive: false): (set, clear) = (set.subtracting(flag), clear.union(flag))
        case .clear(let flag, recursive: true):
            (recursiveSet, recursiveClear) = (recursiveSet.subtracting(flag), recursiveClear.union(flag))
        case .accessTime(let flag, recursive: false):
            set = set.subtracting(.accessTimeMask).union(flag)
            clear.formUnion(.accessTimeMask)
        case .accessTime(let flag, recursive: true):
            recursiveSet = recursiveSet.subtracting(.accessTimeMask).union(flag)
            recursiveClear.formUnion(.accessTimeMask)
        case .bind(let recursive): bind = recursive ? .recursive : .single
        case .remount: remount = index
        case .propagation(let value): propagation = value
        case .superblock(let flag): superblock.append(PlacedOption(text: flag, index: index))
        case .satisfied: break
        case .fileVersions: wantsFileVersions = true
        case .copyContent: copyContent = index
        case .map(let recursive): (mapping, mapsRecursively) = (index, recursive)
        case .unsupported(let detail): throw .unsupported(path.appending(index), "\(text): \(detail)")
        case nil: data.append(PlacedOption(text: text, index: index))
        }
    }

    /// The option, if any, that has no meaning for a mount of something that is mounted already.
    var firstForFileSystem: PlacedOption? {
        // Without these flags a file system behaves as these options ask for.
        let defaults: Set = ["async", "nomand", "nolazytime"]
        return (superblock.filter { !defaults.contains($0.text) } + data).min { $0.index < $1.index }
    }
}
