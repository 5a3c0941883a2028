// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Platform {
    /// How well an image for `candidate` suits this platform: 0 is best, `nil` means that it cannot run here.
    ///
    /// The order is that of containerd: the same variant, then older variants of the architecture, then the 32-bit
    /// architecture that a processor also runs. An image that needs operating system features suits only a platform
    /// that has all of them.
    ///
    /// - Parameter candidate: What the image is for.
    /// - Returns: The place in the order, or `nil`.
    public func rank(of candidate: Platform) -> Int? {
        let candidate = candidate.normalized
        let wanted = normalized
        guard wanted.os == candidate.os, wanted.hasFeatures(of: candidate), wanted.hasVersion(of: candidate) else {
            return nil
        }
        return wanted.runnable.firstIndex { $0 == candidate.architecture && $1 == candidate.variant ?? "" }
    }

    /// Index of the candidate that suits this platform best; the first of equals, `nil` if none suits.
    ///
    /// - Parameter candidates: What the images are for, in the order of an index. `nil` where an index does not say,
    ///   which never suits.
    /// - Returns: The index, or `nil`.
    public func bestMatch(among candidates: [Platform?]) -> Int? {
        var best: (index: Int, rank: Int, features: Int)?
        for (index, candidate) in candidates.enumerated() {
            guard let candidate, let rank = rank(of: candidate) else { continue }
            let features = candidate.osFeatures?.count ?? 0
            if let best, (best.rank, -best.features) <= (rank, -features) { continue }
            best = (index, rank, features)
        }
        return best?.index
    }

    /// Architectures and variants that run on this normalized platform, the best first.
    private var runnable: [(architecture: String, variant: String)] {
        let variant = variant ?? ""
        switch architecture {
        case "amd64":
            let level = Platform.level(variant) ?? 1
            let older = level < 2 ? [] : (2..<max(level, 2)).reversed().map { ("amd64", "v\($0)") } + [("amd64", "")]
            return [("amd64", variant)] + older + [("386", "")]
        case "arm": return Platform.arm(variant)
        case "arm64":
            guard let levels = Platform.arm64Levels(variant) else { return [("arm64", variant)] }
            return levels.map { major, minor in
                ("arm64", major == 8 && minor == 0 ? "" : minor == 0 ? "v\(major)" : "v\(major).\(minor)")
            } + Platform.arm("v8")
        default: return [(architecture, variant)]
        }
    }

    private static func arm(_ variant: String) -> [(architecture: String, variant: String)] {
        guard let level = level(variant), level > 5 else { return [("arm", variant)] }
        return (5...level).reversed().map { ("arm", "v\($0)") }
    }

    /// Versions of the 64-bit ARM architecture, from the one that `variant` names down to 8.0. Version 9.n includes
    /// 8.(n + 5).
    private static func arm64Levels(_ variant: String) -> [(major: Int, minor: Int)]? {
        let numbers = variant.utf8.dropFirst().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let minor = numbers.count > 1 ? Bytes.number(numbers[1]) : 0
        guard variant.isEmpty || variant.utf8.first == UInt8(ascii: "v") && (1...2).contains(numbers.count), let minor
        else { return nil }
        switch variant.isEmpty ? 8 : Bytes.number(numbers[0]) {
        case 8 where minor <= 9: return (0...minor).reversed().map { (8, $0) }
        case 9 where minor <= 9:
            return (0...minor).reversed().map { (9, $0) } + (0...min(minor + 5, 9)).reversed().map { (8, $0) }
        default: return nil
        }
    }

    /// The number of a variant such as `v7`.
    private static func level(_ variant: String) -> Int? {
        guard variant.utf8.first == UInt8(ascii: "v"), variant.utf8.count <= 3 else { return nil }
        return Bytes.number(variant.utf8.dropFirst())
    }

    private func hasFeatures(of candidate: Platform) -> Bool {
        let features = osFeatures ?? []
        return (candidate.osFeatures ?? []).allSatisfy { features.contains($0) }
    }

    /// On Windows an image runs only on the version, up to the build, that it was made for.
    private func hasVersion(of candidate: Platform) -> Bool {
        guard os == "windows", let version = osVersion, let needed = candidate.osVersion else { return true }
        func build(_ text: String) -> [Substring.UTF8View] {
            Array(Substring(text).utf8.split(separator: UInt8(ascii: ".")).prefix(3))
        }
        let (mine, others) = (build(version), build(needed))
        return mine.count == others.count && zip(mine, others).allSatisfy { $0.elementsEqual($1) }
    }
}
