// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// What `inspect` shows of an image.
struct ImageInspection {
    private let image: ResolvedImage
    private let store: ContainerStore

    init(_ image: ResolvedImage, in store: ContainerStore) {
        self.image = image
        self.store = store
    }

    /// Docker's members.
    func dockers() throws -> JSONValue {
        let summaries = try store.images.images().images.filter { $0.id == image.id }
        let configuration = image.configuration
        return .members([
            "Id": .string("\(image.id)"),
            "RepoTags": .strings(summaries.compactMap { $0.reference.map(\.familiar) ?? $0.name }),
            "RepoDigests": .strings(
                Set(summaries.compactMap { $0.reference.map { "\($0.name)@\(image.manifestDescriptor.digest)" } })
                    .sorted()
            ),
            "Created": .string(configuration.created ?? ""), "Author": .string(configuration.author ?? ""),
            "Architecture": .string(configuration.architecture), "Variant": .string(configuration.variant ?? ""),
            "Os": .string(configuration.os), "Size": .integer(summaries.first?.size ?? 0),
            "Config": Self.config(configuration.config ?? ImageConfiguration.Execution()),
            "RootFS": .members([
                "Type": .string("layers"), "Layers": .strings(configuration.rootfs.diffIDs.map { "\($0)" }),
            ]),
        ])
    }

    private static func config(_ execution: ImageConfiguration.Execution) -> JSONValue {
        .members([
            "User": .string(execution.user ?? ""), "Env": .strings(execution.env ?? []),
            "Entrypoint": execution.entrypoint.map { .strings($0) } ?? .null,
            "Cmd": execution.cmd.map { .strings($0) } ?? .null, "WorkingDir": .string(execution.workingDir ?? ""),
            "Labels": execution.labels.map { .map($0) } ?? .null,
            "StopSignal": .string(execution.stopSignal ?? ""),
        ])
    }

    /// The documents themselves.
    func native() throws -> JSONValue {
        .members([
            "name": image.reference.map { .string($0.description) } ?? .null,
            "id": .string("\(image.id)"), "descriptor": try .document(image.manifestDescriptor),
            "manifest": try .document(image.manifest), "configuration": try .document(image.configuration),
        ])
    }
}
