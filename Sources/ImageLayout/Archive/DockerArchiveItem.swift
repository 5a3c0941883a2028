// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// One image in the file `manifest.json` of an archive that `docker save` writes.
struct DockerArchiveItem: JSONRecord, Hashable, Sendable {
    /// The name of the file with the image's configuration.
    var config: String
    /// The image's names.
    var repoTags: [String]?
    /// The names of the files with the layers, lowest first.
    var layers: [String]

    init(config: String, repoTags: [String]?, layers: [String]) {
        self.config = config
        self.repoTags = repoTags
        self.layers = layers
    }

    init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(config: "", repoTags: nil, layers: [])
        try reader.readRecord(&self)
    }

    mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("Config", &config)
        try fields.optional("RepoTags", &repoTags)
        try fields.required("Layers", &layers)
    }
}
