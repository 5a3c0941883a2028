// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ImageConfiguration {
    /// What the image runs on.
    public var platform: Platform {
        Platform(
            architecture: architecture,
            os: os,
            osVersion: osVersion,
            osFeatures: osFeatures,
            variant: variant
        )
    }
}
