// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ImageManifest {
    /// Reads the document from bytes whose type is known from a descriptor or a server.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - mediaType: Its type. If the document tells its own type, the two must be equal.
    ///   - limits: Greatest size and depth.
    /// - Throws: ``JSONError``: `unsupportedDocument` if the types differ or are those of another kind of document.
    public init(json bytes: [UInt8], mediaType: MediaType, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(json: bytes, limits: limits)
        try ManifestCheck.check(self.mediaType, expected: mediaType, kind: .manifest)
    }

    /// Checks what the types cannot say, right after the document was read.
    func checkRead(at offset: Int) throws(JSONError) {
        try ManifestCheck.check(
            schemaVersion: schemaVersion,
            mediaType: mediaType,
            kind: .manifest,
            list: ("layers", layers.count),
            at: offset
        )
    }
}
