// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ConfigurationValidator {
    /// Checks a mount.
    mutating func validate(_ mount: RuntimeConfiguration.Mount, at path: JSONPath) {
        let destination = mount.destination.utf8
        let place = path.appending("destination")
        require(!destination.isEmpty, .missing, place, "must not be empty")
        require(destination.count < 4096, place, "must have less than 4096 bytes")
        let options = mount.options ?? []
        let isBind = options.contains { Self.isAny(of: ["bind", "rbind"], $0) }
        if isBind {
            let source = mount.source ?? ""
            require(!source.utf8.isEmpty, .missing, path.appending("source"), "is required by a bind mount")
        }
        validateMapping(of: mount, options, at: path)
    }

    private mutating func validateMapping(
        of mount: RuntimeConfiguration.Mount,
        _ options: [String],
        at path: JSONPath
    ) {
        let uids = mount.uidMappings ?? []
        let gids = mount.gidMappings ?? []
        require(uids.isEmpty == gids.isEmpty, .needs, path, "uidMappings and gidMappings need each other")
        validate(uids, at: path.appending("uidMappings"))
        validate(gids, at: path.appending("gidMappings"))
        if let index = options.firstIndex(where: { Self.isAny(of: ["idmap", "ridmap"], $0) }), uids.isEmpty,
            gids.isEmpty
        {
            let place = path.appending("options").appending(index)
            require(has(.user), .needs, place, "needs mappings of the mount, or a namespace of type user")
        }
    }

    /// Checks the ranges of ids of a mapping: the kernel takes at most 340, none empty, wrapping or overlapping.
    mutating func validate(_ mappings: [LinuxIDMapping], at path: JSONPath) {
        require(mappings.count <= 340, path, "must not have more than 340 ranges")
        guard mappings.count <= 340 else { return }
        for (index, mapping) in mappings.enumerated() {
            let place = path.appending(index)
            require(mapping.size > 0, place.appending("size"), "must be greater than zero")
            for (field, first) in [("containerID", mapping.containerID), ("hostID", mapping.hostID)] {
                let end = UInt64(first) + UInt64(mapping.size)
                require(end <= UInt64(Self.noID), place.appending(field), "the range must end before 4294967295")
            }
            for earlier in mappings[..<index] {
                for (field, start, size, other) in [
                    ("containerID", mapping.containerID, mapping.size, earlier.containerID),
                    ("hostID", mapping.hostID, mapping.size, earlier.hostID),
                ] where Self.overlap(start, size, other, earlier.size) {
                    add(.duplicate, place.appending(field), "the range overlaps an earlier one")
                }
            }
        }
    }

    private static func overlap(_ a: UInt32, _ aSize: UInt32, _ b: UInt32, _ bSize: UInt32) -> Bool {
        UInt64(a) < UInt64(b) + UInt64(bSize) && UInt64(b) < UInt64(a) + UInt64(aSize)
    }

    private static func isAny(of names: [StaticString], _ option: String) -> Bool {
        names.contains { option.utf8.elementsEqual($0.description.utf8) }
    }

    /// Checks the hooks.
    mutating func validate(_ hooks: RuntimeConfiguration.Hooks, at path: JSONPath) {
        for (field, list) in [
            ("prestart", hooks.prestart), ("createRuntime", hooks.createRuntime),
            ("createContainer", hooks.createContainer), ("startContainer", hooks.startContainer),
            ("poststart", hooks.poststart), ("poststop", hooks.poststop),
        ] {
            for (index, hook) in (list ?? []).enumerated() {
                let place = path.appending(field).appending(index)
                requireAbsolute(hook.path, place.appending("path"))
                validateEnvironment(hook.env ?? [], at: place.appending("env"))
                if let timeout = hook.timeout {
                    require(timeout > 0, place.appending("timeout"), "must be greater than zero")
                }
            }
        }
    }
}
