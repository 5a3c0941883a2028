// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import PackageDescription

let package = Package(
    name: "skiff-benchmarks",
    dependencies: [
        .package(name: "skiff", path: ".."),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
    ],
    targets: [
        .executableTarget(
            name: "skiff-bench",
            dependencies: [
                .product(name: "OCIRuntime", package: "skiff"), .product(name: "OCISpec", package: "skiff"),
                .product(name: "NamespaceKit", package: "skiff"),
                .product(name: "RuntimeCore", package: "skiff"),
                .product(name: "LayerUnpack", package: "skiff"), .product(name: "LinuxSystem", package: "skiff"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("ImmutableWeakCaptures"),
        .enableUpcomingFeature("InferIsolatedConformances"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(), .treatAllWarnings(as: .error),
    ]
}
