// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import Logging
internal import OCISpec
internal import SystemPackage

extension ContainerStore {
    /// Finds a container by its name, its id, or the first digits of its id.
    ///
    /// - Throws: ``ContainerStoreError``: `containerNotFound`, `ambiguous`, `corruptState`.
    public func container(_ name: String) throws(ContainerStoreError) -> StoredContainer {
        if let id = try idOfName(name), let found = try load(id) { return found }
        let matches = try ids().filter { $0.hasPrefix(name) }
        if name.isEmpty || matches.isEmpty { throw StoredContainer.missing(name) }
        if let exact = matches.first(where: { $0 == name }), let found = try load(exact) { return found }
        if matches.count > 1 {
            throw ContainerStoreError(
                .ambiguous,
                "container \(name): \(matches.count) containers have ids that begin so",
                hint: "use more digits"
            )
        }
        guard let found = try load(matches[0]) else { throw StoredContainer.missing(name) }
        return found
    }

    /// All containers, the newest first. One that cannot be read is logged and left out.
    ///
    /// - Throws: ``ContainerStoreError``: `systemCall`.
    public func containers() throws(ContainerStoreError) -> [StoredContainer] {
        var found: [StoredContainer] = []
        for id in try ids() {
            do throws(ContainerStoreError) {
                if let container = try load(id) { found.append(container) }
            } catch {
                logger?.warning("left out of the list", metadata: ["container.id": "\(id)", "error": "\(error)"])
            }
        }
        return found.sorted { $0.metadata.created > $1.metadata.created }
    }

    /// The ids that have a directory.
    func ids() throws(ContainerStoreError) -> [String] {
        try about("list containers") { () throws(SystemCallError) in
            try containersDirectory().entries().filter { $0.name.first != UInt8(ascii: ".") }
                .map { String(decoding: $0.name, as: UTF8.self) }
        }
    }

    /// Reads a container; `nil` when it is being made or removed.
    func load(_ id: String) throws(ContainerStoreError) -> StoredContainer? {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try containersDirectory().directory(FilePath(id), .noSymlinks)
                .readFile("container.json", .noSymlinks)
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw ContainerStoreError("read container \(id)", error)
        }
        do throws(JSONError) {
            return StoredContainer(store: self, metadata: try ContainerMetadata(json: bytes))
        } catch {
            throw ContainerStoreError(
                .corruptState,
                "container \(id): container.json",
                cause: .document(error),
                hint: "rm --force removes it"
            )
        }
    }

    /// The id that a name stands for.
    func idOfName(_ name: String) throws(ContainerStoreError) -> String? {
        guard ContainerName.isValid(name) else { return nil }
        return try about("look up the name \(name)") { () throws(SystemCallError) in
            try namesDirectory().readLink(FilePath(name))
        }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Makes `wanted`, or a name that is made up, stand for `id`.
    func claimName(_ wanted: String?, for id: String) throws(ContainerStoreError) -> String {
        if let wanted, !ContainerName.isValid(wanted) {
            throw ContainerStoreError(
                .invalidOptions,
                "invalid container name \"\(wanted)\"",
                hint: "names consist of letters, digits, '_', '.' and '-', and start with a letter or digit"
            )
        }
        while true {
            let name = wanted ?? ContainerName.makeUp()
            do throws(SystemCallError) {
                try namesDirectory().makeSymlink(FilePath(name), target: Array(id.utf8))
                return name
            } catch {
                guard error.errno == .fileExists else { throw ContainerStoreError("claim the name \(name)", error) }
            }
            if wanted == nil { continue }
            guard let holder = try idOfName(name) else { continue }
            guard try ids().contains(holder) else {
                // Its container is gone; whoever removed it died before it let go of the name.
                try releaseName(name, of: holder)
                continue
            }
            throw ContainerStoreError(
                .nameInUse,
                "the container name \"\(name)\" is already in use by container \(holder.prefix(12))",
                hint: "remove that container, or choose another name"
            )
        }
    }

    /// Lets go of a name that stands for `id`.
    func releaseName(_ name: String, of id: String) throws(ContainerStoreError) {
        guard try idOfName(name) == id else { return }
        do throws(SystemCallError) { try namesDirectory().removeFile(FilePath(name)) } catch {
            if error.errno != .noSuchFileOrDirectory { throw ContainerStoreError("let go of the name \(name)", error) }
        }
    }
}
