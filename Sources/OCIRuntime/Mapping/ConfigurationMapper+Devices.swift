// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

extension ConfigurationMapper {
    /// The nodes to make: the default ones, each replaced by a listed one of the same path, then the other listed ones.
    static func devices(_ list: [LinuxDevice]) throws(MappingError) -> [DeviceNode] {
        var nodes = DeviceNode.defaults
        for (index, device) in list.enumerated() {
            let node = try node(device, at: JSONPath.field("linux", "devices").appending(index))
            // It is a link to the container's own pts/ptmx; a node of the host's would lead to the host's terminals.
            if node.path == "/dev/ptmx" { continue }
            if let known = nodes.firstIndex(where: { $0.path == node.path }) {
                nodes[known] = node
            } else {
                nodes.append(node)
            }
        }
        return nodes
    }

    private static func node(_ device: LinuxDevice, at path: JSONPath) throws(MappingError) -> DeviceNode {
        let kind: DeviceNode.Kind =
            switch device.type {
            case .character, .unbuffered: .character
            case .block: .block
            case .fifo: .fifo
            }
        let isFIFO = kind == .fifo
        guard let major = UInt32(exactly: isFIFO ? 0 : device.major ?? 0) else {
            throw .invalid(path.appending("major"), "is no device number")
        }
        guard let minor = UInt32(exactly: isFIFO ? 0 : device.minor ?? 0) else {
            throw .invalid(path.appending("minor"), "is no device number")
        }
        // Older tools write the bits of the type too, which the check compares with the type.
        return DeviceNode(
            path: FilePath(device.path).lexicallyNormalized(),
            kind: kind,
            major: major,
            minor: minor,
            permissions: (device.fileMode ?? 0o666) & 0o7777,
            uid: device.uid ?? 0,
            gid: device.gid ?? 0
        )
    }
}
