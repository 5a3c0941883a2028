// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LaunchPlan
internal import SystemPackage

/// The part of a plan that is about bind mounts of what earlier mounts of the container have brought.
///
/// Their sources are names below the root on the host, where nothing of that is mounted: the init takes them, from its
/// own mount namespace, when the earlier mounts are there. As in runc, everything else is opened on the host before.
extension PlanBuilder {
    /// Whether the source of the mount at `index` is below the root, and covers or is covered by an earlier mount.
    func takesSourceFromContainer(_ index: Int) -> Bool {
        guard case .bind(let source, _) = configuration.mounts[index].source, !configuration.sharesMountNamespace,
            let inner = inner(source)
        else { return false }
        return configuration.mounts[..<index].contains {
            let destination = $0.destination.lexicallyNormalized()
            return inner.starts(with: destination) || destination.starts(with: inner)
        }
    }

    /// What is mounted there, followed by name through the earlier mounts; a directory where that does not tell.
    func kindWithinContainer(_ source: FilePath, before index: Int) -> MountTarget<HostStorage>.Kind {
        var source = source
        var index = index
        while let inner = inner(source) {
            let earlier = configuration.mounts[..<index]
            guard let cover = earlier.lastIndex(where: { inner.starts(with: $0.destination.lexicallyNormalized()) })
            else { break }
            guard case .bind(let path, _) = earlier[cover].source else { return .directory }
            let count = earlier[cover].destination.lexicallyNormalized().components.count
            source = path.appending(inner.components.dropFirst(count))
            index = cover
        }
        return (try? sourceKind(source, step: "")) ?? .directory
    }

    /// A path of the host as one inside the root, when it is below it by name. A sandbox whose root is the host's own has
    /// no names of its own: there every source is the host's.
    private func inner(_ path: FilePath) -> FilePath? {
        guard case .directory(let root) = configuration.root, !root.components.isEmpty else { return nil }
        let path = path.lexicallyNormalized()
        guard path.starts(with: root) else { return nil }
        return FilePath(root: "/", path.components.dropFirst(root.components.count))
    }
}
