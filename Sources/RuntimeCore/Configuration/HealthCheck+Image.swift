// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

extension HealthCheck {
    /// The health check that an image brings along: docker's member `Healthcheck` of the configuration, which the image
    /// specification reserves.
    ///
    /// Times of 0 are the defaults, as docker has it. It is `nil` when the image has none, switches it off (`NONE`), or what
    /// it has is none.
    ///
    /// - Parameter configuration: The image's configuration.
    /// - SeeAlso: OCI image-spec, config.md, "Healthcheck"; docker's `HEALTHCHECK` instruction.
    public init?(ofImage configuration: ImageConfiguration) {
        guard case .object(let members) = configuration.config?.otherFields["Healthcheck"],
            case .array(let values) = members["Test"]
        else { return nil }
        let words = values.compactMap { value in
            if case .string(let word) = value { word } else { nil }
        }
        guard words.count == values.count, words.count > 1 else { return nil }
        switch words[0] {
        case "CMD": self.init(Array(words.dropFirst()))
        // Buildah writes the shell's line as several words.
        case "CMD-SHELL": self.init(["/bin/sh", "-c", words.dropFirst().joined(separator: " ")])
        default: return nil
        }
        func number(_ name: String) -> Int? {
            guard case .number(let number) = members[name], let value = Int(number.description), value > 0 else {
                return nil
            }
            return value
        }
        // Nanoseconds; less than one of our milliseconds is one.
        func milliseconds(_ name: String) -> Int? { number(name).map { max($0 / 1_000_000, 1) } }
        if let value = milliseconds("Interval") { interval = value }
        if let value = milliseconds("Timeout") { timeout = value }
        if let value = milliseconds("StartPeriod") { startPeriod = value }
        if let value = number("Retries") { retries = value }
    }
}

extension ContainerOptions {
    /// What is noted of a container: what was asked for, and the image's health check where that is wanted.
    ///
    /// - Parameter image: The image's configuration.
    /// - Returns: What whoever stays with the container is to do; `nil` is nothing.
    func supervision(for image: ImageConfiguration) -> Supervision? {
        guard usesImageHealthCheck, supervision?.health == nil, let check = HealthCheck(ofImage: image) else {
            return supervision
        }
        var result = supervision ?? Supervision()
        result.health = check
        return result
    }
}
