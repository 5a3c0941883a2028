// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import PackageDescription

let systemPackage = Target.Dependency.product(
    name: "SystemPackage",
    package: "swift-system",
    condition: .when(traits: ["Runtime", "Images"])
)
let crypto = Target.Dependency.product(
    name: "Crypto",
    package: "swift-crypto",
    condition: .when(traits: ["Images"])
)
let logging = Target.Dependency.product(
    name: "Logging",
    package: "swift-log",
    condition: .when(traits: ["Runtime"])
)

// HTTP and TLS for RegistryClient; cloned and built only with the trait.
let http: [Target.Dependency] = [
    .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Registry"])),
    .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Registry"])),
    .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Registry"])),
    .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Registry"])),
    .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Registry"])),
]

let package = Package(
    name: "skiff",
    products: [
        .library(name: "OCISpec", targets: ["OCISpec"]),
        .library(name: "LinuxSystem", targets: ["LinuxSystem"]),
        .library(name: "ImageLayout", targets: ["ImageLayout"]),
        .library(name: "LayerUnpack", targets: ["LayerUnpack"]),
        .library(name: "RegistryClient", targets: ["RegistryClient"]),
        .library(name: "NamespaceKit", targets: ["NamespaceKit"]),
        .library(name: "CgroupKit", targets: ["CgroupKit"]),
        .library(name: "OCIRuntime", targets: ["OCIRuntime"]),
        .library(name: "RuntimeCore", targets: ["RuntimeCore"]),
    ],
    traits: [
        .default(enabledTraits: ["Runtime", "Images"]),
        .trait(name: "Runtime", description: "Namespaces, cgroups and the OCI runtime (swift-system, swift-log)."),
        .trait(name: "Images", description: "Image layouts and layers (swift-system, swift-crypto)."),
        .trait(
            name: "Registry",
            description: "The network for RegistryClient (async-http-client).",
            enabledTraits: ["Images"]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    ],
    targets: [
        // Layer 0: no dependencies.
        .target(name: "CLinux"),
        .target(name: "OCISpec"),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CISAL"),
        // Layer 1: the kernel, and what crosses into the container.
        .target(name: "LaunchPlan", dependencies: ["CLinux"]),
        .target(name: "LinuxSystem", dependencies: ["CLinux", systemPackage]),
        // Layer 2: one concern each.
        .target(name: "ContainerInit", dependencies: ["LaunchPlan", "CLinux"], exclude: ["Entry"]),
        .target(
            name: "ImageLayout",
            dependencies: ["OCISpec", "LinuxSystem", "CLinux", "CArchive", systemPackage, crypto]
        ),
        .target(
            name: "LayerUnpack",
            dependencies: ["OCISpec", "LinuxSystem", "CLinux", "CArchive", "CZlib", "CISAL", systemPackage, crypto]
        ),
        .target(name: "CgroupKit", dependencies: ["LinuxSystem", "CLinux", systemPackage]),
        // Layer 3: namespaces, and the sealed init that sets them up.
        .executableTarget(name: "seal-init"),
        .plugin(name: "SealedInit", capability: .buildTool(), dependencies: ["seal-init"]),
        .target(
            name: "NamespaceKit",
            dependencies: ["LinuxSystem", "LaunchPlan", "CLinux", systemPackage],
            plugins: ["SealedInit"]
        ),
        // Layer 4: images from and to registries; it spawns credential helpers as containers are.
        .target(
            name: "RegistryClient",
            dependencies: [
                "OCISpec", "ImageLayout", "NamespaceKit", "LaunchPlan", "LinuxSystem", "CLinux", systemPackage, crypto,
            ] + http
        ),
        // The OCI runtime on bundles; no image code, so that what only spawns links none.
        .target(
            name: "OCIRuntime",
            dependencies: ["OCISpec", "NamespaceKit", "CgroupKit", "LinuxSystem", "LaunchPlan", systemPackage, logging]
        ),
        // Layer 5: images to containers.
        .target(
            name: "RuntimeCore",
            dependencies: [
                "OCISpec", "ImageLayout", "LayerUnpack", "NamespaceKit", "CgroupKit", "OCIRuntime", "LinuxSystem",
                "CLinux", systemPackage, logging,
            ]
        ),
        // Tests.
        .target(
            name: "TestSupport",
            dependencies: ["LinuxSystem", "CLinux", systemPackage],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "OCISpecTests", dependencies: ["OCISpec", "TestSupport"]),
        .testTarget(name: "LaunchPlanTests", dependencies: ["LaunchPlan", "TestSupport"]),
        .testTarget(name: "LinuxSystemTests", dependencies: ["LinuxSystem", "CLinux", "TestSupport", systemPackage]),
        .testTarget(
            name: "ContainerInitTests",
            dependencies: ["ContainerInit", "LaunchPlan", "LinuxSystem", "CLinux", "TestSupport", systemPackage]
        ),
        .testTarget(
            name: "ImageLayoutTests",
            dependencies: ["ImageLayout", "OCISpec", "TestSupport", "LinuxSystem", "CLinux", systemPackage, crypto]
        ),
        .testTarget(
            name: "LayerUnpackTests",
            dependencies: ["LayerUnpack", "OCISpec", "TestSupport", "LinuxSystem", "CLinux", systemPackage]
        ),
        .testTarget(
            name: "RegistryClientTests",
            dependencies: [
                "RegistryClient", "ImageLayout", "OCISpec", "TestSupport", "LinuxSystem", "CLinux", systemPackage,
                crypto,
            ]
        ),
        .testTarget(
            name: "CgroupKitTests",
            dependencies: ["CgroupKit", "TestSupport", "LinuxSystem", "CLinux", systemPackage]
        ),
        .testTarget(
            name: "NamespaceKitTests",
            dependencies: ["NamespaceKit", "LaunchPlan", "TestSupport", "LinuxSystem", "CLinux", systemPackage]
        ),
        .testTarget(
            name: "OCIRuntimeTests",
            dependencies: [
                "OCIRuntime", "OCISpec", "NamespaceKit", "CgroupKit", "TestSupport", "LinuxSystem", "CLinux",
                systemPackage,
            ]
        ),
        .testTarget(
            name: "RuntimeCoreTests",
            dependencies: ["RuntimeCore", "TestSupport", "LinuxSystem", "CLinux", systemPackage]
        ),
        // The built programs of Examples/, as their users run them.
        .testTarget(
            name: "ProgramTests",
            dependencies: ["OCISpec", "TestSupport", "LinuxSystem", "CLinux", systemPackage]
        ),
        // Packages that depend on this one.
        .testTarget(name: "ConsumerTests", dependencies: ["TestSupport", "LinuxSystem", "CLinux", systemPackage]),
    ],
    swiftLanguageModes: [.v6]
)

// One settings loop: every Swift target gets the same rules.
let system: Set = ["CLinux", "CArchive", "CZlib", "CISAL", "SealedInit"]
for target in package.targets where !system.contains(target.name) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("ImmutableWeakCaptures"),
            .enableUpcomingFeature("InferIsolatedConformances"), .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .strictMemorySafety(), .treatAllWarnings(as: .error),
        ]
}
