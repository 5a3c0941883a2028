// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The records of one extended (PAX) header, checked and sorted by what they change.
struct ExtendedHeader {
    private(set) var name: [UInt8]?
    private(set) var linkTarget: [UInt8]?
    private(set) var size: Int64?
    private(set) var uid: Int64?
    private(set) var gid: Int64?
    private(set) var modified: TarTime?
    private(set) var deviceMajor: Int64?
    private(set) var deviceMinor: Int64?
    private(set) var attributes: [TarEntry.Attribute] = []
    private(set) var unreadAttributes: [[UInt8]] = []
    private(set) var isSparse = false
    /// Whether the sparse map is in the content (GNU sparse format 1.0).
    private(set) var hasMapInContent = false
    /// The map in the header (GNU sparse formats 0.0 and 0.1).
    private(set) var sparseMap = SparseMap()
    private(set) var sparseSize: Int64?
    private(set) var sparseName: [UInt8]?

    /// Reads a header's content, without padding.
    init(_ body: ArraySlice<UInt8>, limits: LayerLimits) throws(LayerUnpackError) {
        var rest = body
        var attributeBytes = 0
        while let record = try Self.nextRecord(&rest) {
            if let name = record.key.dropping(prefix: "SCHILY.xattr.") {
                attributes.append(TarEntry.Attribute(name: Array(name), value: Array(record.value)))
                attributeBytes += name.count + record.value.count
            } else {
                try take(record.key, record.value)
            }
            if attributes.count + unreadAttributes.count > limits.attributes {
                throw LayerUnpackError(
                    .limit,
                    "read extended header",
                    detail: "more than \(limits.attributes) extended attributes"
                )
            }
            if attributeBytes > limits.attributeBytes {
                throw LayerUnpackError(
                    .limit,
                    "read extended header",
                    detail: "more than \(limits.attributeBytes) bytes of extended attributes"
                )
            }
        }
    }

    /// Checks a global header, which may hold comments only: anything else would change entries at a distance.
    static func checkGlobal(_ body: ArraySlice<UInt8>) throws(LayerUnpackError) {
        var rest = body
        while let record = try nextRecord(&rest) {
            if !record.key.elementsEqual("comment".utf8) {
                throw LayerUnpackError(
                    .badExtendedHeader,
                    "read global header",
                    detail: "\(record.key.escapedForDisplay) is not supported"
                )
            }
        }
    }

    /// Takes `LENGTH KEY=VALUE\n` off the front.
    private static func nextRecord(
        _ rest: inout ArraySlice<UInt8>
    ) throws(LayerUnpackError) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
        guard !rest.isEmpty else { return nil }
        guard let space = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")),
            let length = TarNumber.decimal(rest[..<space]), length <= rest.count,
            length > space - rest.startIndex + 1
        else { throw bad("record length") }
        let record = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        guard record.last == UInt8(ascii: "\n") else { throw bad("record without a line end") }
        let content = record[(space + 1)...].dropLast()
        guard let equals = content.firstIndex(of: UInt8(ascii: "=")), equals > content.startIndex else {
            throw bad("record without a key")
        }
        let key = content[..<equals]
        guard key.allSatisfy({ $0 != 0 }) else { throw bad("key with a NUL byte") }
        return (key, content[(equals + 1)...])
    }

    /// Takes a record; where a key comes twice, the last one counts, as POSIX says.
    private mutating func take(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(LayerUnpackError) {
        switch String(decoding: key, as: UTF8.self) {
        case "path": name = try Self.text(key, value)
        case "linkpath": linkTarget = try Self.text(key, value)
        case "size": size = try Self.number(key, value)
        case "uid": uid = try Self.number(key, value)
        case "gid": gid = try Self.number(key, value)
        case "mtime":
            guard let time = TarTime(decimal: value) else { throw Self.bad("mtime") }
            modified = time
        case "SCHILY.devmajor": deviceMajor = try Self.number(key, value)
        case "SCHILY.devminor": deviceMinor = try Self.number(key, value)
        case "GNU.sparse.name": sparseName = try Self.text(key, value)
        case "GNU.sparse.size", "GNU.sparse.realsize":
            isSparse = true
            sparseSize = try Self.number(key, value)
        case "GNU.sparse.major":
            isSparse = true
            hasMapInContent = try Self.number(key, value) == 1
        case "GNU.sparse.offset": try sparseMap.add(offset: try Self.number(key, value))
        case "GNU.sparse.numbytes": try sparseMap.add(length: try Self.number(key, value))
        case "GNU.sparse.map": try sparseMap.add(list: value)
        case "GNU.sparse.minor", "GNU.sparse.numblocks": isSparse = true
        default: try passOver(key)
        }
    }

    /// What is known to change nothing that we apply is let through; what could change an entry is refused.
    private mutating func passOver(_ key: ArraySlice<UInt8>) throws(LayerUnpackError) {
        if ["SCHILY.acl.", "LIBARCHIVE.xattr.", "RHT."].contains(where: { key.dropping(prefix: $0) != nil }) {
            unreadAttributes.append(Array(key))
            return
        }
        switch String(decoding: key, as: UTF8.self) {
        case "comment", "uname", "gname", "atime", "ctime", "charset", "hdrcharset", "SCHILY.dev", "SCHILY.ino",
            "SCHILY.nlink", "SCHILY.fflags":
            return
        case let text:
            let changesEntries: Set = [
                "SCHILY.realsize", "SCHILY.filetype", "SCHILY.offset", "SCHILY.dir", "SUN.holesdata",
            ]
            // POSIX keeps keywords without a dot to itself; a vendor's own are the vendor's to understand.
            let isVendors = key.contains(UInt8(ascii: ".")) && key.dropping(prefix: "GNU.sparse.") == nil
            if changesEntries.contains(text) || !isVendors {
                throw LayerUnpackError(
                    .badExtendedHeader,
                    "read extended header",
                    detail: "\(key.escapedForDisplay) is not supported"
                )
            }
        }
    }

    private static func text(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(LayerUnpackError) -> [UInt8] {
        if value.isEmpty { throw bad("empty \(key.escapedForDisplay)") }
        if value.contains(0) {
            throw LayerUnpackError(.badName, "read extended header", detail: "\(key.escapedForDisplay) has a NUL byte")
        }
        return Array(value)
    }

    private static func number(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(LayerUnpackError) -> Int64 {
        guard let number = TarNumber.decimal(value) else { throw bad("\(key.escapedForDisplay) value") }
        return number
    }

    private static func bad(_ what: String) -> LayerUnpackError {
        LayerUnpackError(.badExtendedHeader, "read extended header", detail: "malformed \(what)")
    }
}

extension ArraySlice<UInt8> {
    /// What follows `prefix`, or `nil` if this does not start with it.
    fileprivate func dropping(prefix: String) -> ArraySlice<UInt8>? {
        starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
    }
}
