// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// Which part of an image is pulled.
public struct PullOptions: Hashable, Sendable {
    /// The platforms of an image.
    public enum Platforms: Hashable, Sendable {
        /// The one that suits this best.
        case one(Platform)
        /// All that the index lists.
        case all
    }

    /// The platforms.
    public var platforms: Platforms
    /// Whether an image that is for one platform only must be for the one asked for.
    public var isStrict: Bool

    /// Whether layers stay in the image layout as they are stored. Without, somebody has to take them while they arrive
    /// (`layers` of the pull): the image can then be run and not be pushed or saved.
    public var keepsLayers = true

    /// Creates options.
    ///
    /// - Parameter platform: The platform that the image is to run on; this machine's, as far as there is a choice,
    ///   unless told otherwise.
    public init(platform: Platform? = nil) {
        platforms = .one(platform ?? .host)
        isStrict = platform != nil
    }

    /// Options for all platforms.
    public static let allPlatforms: PullOptions = {
        var options = PullOptions()
        options.platforms = .all
        return options
    }()
}
