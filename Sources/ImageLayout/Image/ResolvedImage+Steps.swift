// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

extension ResolvedImage {
    /// One step in the making of an image.
    public struct Step: Hashable, Sendable {
        /// What the image's history tells of it; nothing where the history is silent.
        public let history: ImageConfiguration.History
        /// The layer it made, if it made one.
        public let layer: Layer?
    }

    /// How the image was made, the first step first.
    ///
    /// Histories are optional, and some tell of another number of layers than there are: such a one is not used, and
    /// each layer gets a step of which nothing is known.
    public var steps: [Step] {
        let history = configuration.history ?? []
        guard history.count(where: { $0.emptyLayer != true }) == layers.count else {
            return layers.map { Step(history: ImageConfiguration.History(), layer: $0) }
        }
        var rest = layers[...]
        return history.map { Step(history: $0, layer: $0.emptyLayer == true ? nil : rest.popFirst()) }
    }
}
