// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Platform: CustomStringConvertible {
    /// Reads a platform in the form `os`, `architecture`, `os/architecture` or `os/architecture/variant`. What is not
    /// said is that of ``host``; names are normalized.
    ///
    /// - Parameter specifier: For example `linux/arm64/v8`, `arm64` or `linux`.
    /// - Throws: ``FormatError`` if the form is another one, or one name alone is neither a known operating system nor a
    ///   known architecture.
    public init(_ specifier: String) throws(FormatError) {
        let parts = specifier.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard (1...3).contains(parts.count), parts.allSatisfy(Platform.isName) else {
            throw FormatError(.platform, specifier.utf8, "a platform has the form os/architecture/variant")
        }
        if parts.count > 1 {
            let variant = parts.count > 2 ? parts[2] : nil
            self = Platform(architecture: parts[1], os: parts[0], variant: variant).normalized
            return
        }
        let name = Platform(architecture: parts[0], os: parts[0]).normalized
        if Platform.operatingSystems.contains(name.os) {
            self = Platform(architecture: Platform.host.architecture, os: name.os, variant: Platform.host.variant)
        } else if Platform.architectures.contains(name.architecture) {
            self = Platform(architecture: name.architecture, os: Platform.host.os, variant: name.variant)
        } else {
            throw FormatError(
                .platform,
                specifier.utf8,
                "neither an operating system nor an architecture has this name"
            )
        }
    }

    /// The platform in the form `os/architecture` or `os/architecture/variant`.
    public var description: String {
        [os, architecture, variant ?? ""].filter { !$0.isEmpty }.joined(separator: "/")
    }

    /// This platform with the names that Go and therefore images use: `aarch64` becomes `arm64`, `x86_64` becomes
    /// `amd64`, 32-bit ARM gets a variant and the usual variant of a 64-bit architecture is left out.
    public var normalized: Platform {
        var result = self
        let system = Bytes.lowercased(os)
        result.os = system == "macos" ? "darwin" : system
        let variant = Bytes.lowercased(variant ?? "")
        let (architecture, normalizedVariant) = Platform.normalize(Bytes.lowercased(architecture), variant)
        result.architecture = architecture
        result.variant = normalizedVariant.isEmpty ? nil : normalizedVariant
        return result
    }

    private static func normalize(_ architecture: String, _ variant: String) -> (String, String) {
        switch (architecture, variant) {
        case ("i386", _): ("386", "")
        case ("x86_64", "v1"), ("x86-64", "v1"), ("amd64", "v1"): ("amd64", "")
        case ("x86_64", _), ("x86-64", _): ("amd64", variant)
        case ("aarch64", "8"), ("aarch64", "v8"), ("aarch64", "v8.0"): ("arm64", "")
        case ("arm64", "8"), ("arm64", "v8"), ("arm64", "v8.0"): ("arm64", "")
        case ("aarch64", "9"), ("aarch64", "9.0"), ("aarch64", "v9.0"): ("arm64", "v9")
        case ("arm64", "9"), ("arm64", "9.0"), ("arm64", "v9.0"): ("arm64", "v9")
        case ("aarch64", _): ("arm64", variant)
        case ("armhf", _): ("arm", "v7")
        case ("armel", _): ("arm", "v6")
        case ("arm", ""): ("arm", "v7")
        case ("arm", "5"), ("arm", "6"), ("arm", "7"), ("arm", "8"): ("arm", "v" + variant)
        default: (architecture, variant)
        }
    }

    private static func isName(_ part: String) -> Bool {
        !part.isEmpty && part.utf8.count <= 64
            && part.utf8.allSatisfy { Bytes.isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    private static let operatingSystems: Set<String> = [
        "aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "netbsd", "openbsd",
        "plan9", "solaris", "wasip1", "windows", "zos",
    ]

    private static let architectures: Set<String> = [
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le",
        "riscv64",
        "s390x", "sparc64", "wasm",
    ]
}
