// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Platform {
    /// The platform that this program was built for, normalized. A 32-bit ARM program counts as `v7`.
    public static var host: Platform { Platform(architecture: hostArchitecture, os: hostOS).normalized }

    private static var hostOS: String {
        #if os(Linux)
        "linux"
        #elseif os(Android)
        "android"
        #elseif os(macOS)
        "darwin"
        #elseif os(Windows)
        "windows"
        #elseif os(FreeBSD)
        "freebsd"
        #elseif os(OpenBSD)
        "openbsd"
        #else
        "unknown"
        #endif
    }

    private static var hostArchitecture: String {
        #if arch(x86_64)
        "amd64"
        #elseif arch(arm64)
        "arm64"
        #elseif arch(i386)
        "386"
        #elseif arch(arm)
        "arm"
        #elseif arch(riscv64)
        "riscv64"
        #elseif arch(powerpc64le)
        "ppc64le"
        #elseif arch(powerpc64)
        "ppc64"
        #elseif arch(s390x)
        "s390x"
        #elseif arch(wasm32)
        "wasm"
        #else
        "unknown"
        #endif
    }
}
