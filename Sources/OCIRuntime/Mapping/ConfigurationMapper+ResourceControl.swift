// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

extension ConfigurationMapper {
    /// The class of cache and memory bandwidth; an empty section asks for nothing, as engines write it.
    static func resourceControl(_ section: LinuxIntelRDT?) throws(MappingError) -> ResourceControlRequest? {
        guard let section, section != LinuxIntelRDT() else { return nil }
        let path = JSONPath.field("linux", "intelRdt")
        var request = ResourceControlRequest()
        if let name = section.closID, !name.utf8.isEmpty {
            let isName = name == "/" || !name.utf8.contains(UInt8(ascii: "/")) && name != "." && name != ".."
            guard isName, name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
                throw .invalid(path.appending("closID"), "must be the name of one directory, or /")
            }
            request.classOfService = name
        }
        if let line = section.l3CacheSchema, !line.utf8.isEmpty {
            request.schemata.append(try schema(line, startingWith: nil, at: path.appending("l3CacheSchema")))
        }
        if let line = section.memBwSchema, !line.utf8.isEmpty {
            request.schemata.append(try schema(line, startingWith: "MB:", at: path.appending("memBwSchema")))
        }
        for (index, line) in (section.schemata ?? []).enumerated() where !line.utf8.isEmpty {
            request.schemata.append(
                try schema(line, startingWith: nil, at: path.appending("schemata").appending(index))
            )
        }
        request.monitors = section.enableMonitoring ?? false
        return request
    }

    private static func schema(
        _ line: String,
        startingWith prefix: String?,
        at path: JSONPath
    ) throws(MappingError) -> String {
        if line.utf8.contains(UInt8(ascii: "\n")) { throw .invalid(path, "must not contain a line break") }
        if let prefix, !line.utf8.starts(with: prefix.utf8) { throw .invalid(path, "must start with \(prefix)") }
        return line
    }
}
