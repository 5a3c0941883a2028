// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import PackageDescription

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "skiff-examples",
    products: [
        .executable(name: "skiff", targets: ["skiff"]), .executable(name: "skiff-oci", targets: ["skiff-oci"]),
        .executable(name: "skiff-demo", targets: ["skiff-demo"]),
    ],
    dependencies: [
        // With the network of RegistryClient, for `skiff pull` and its like.
        .package(name: "skiff", path: "..", traits: ["Runtime", "Images", "Registry"]),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        // Start-up before the Swift runtime, signals, terminals.
        .target(name: "CProgram"),
        // What stands in for a process in a container: signals, terminals.
        .target(
            name: "Attendance",
            dependencies: [
                "CProgram", .product(name: "LinuxSystem", package: "skiff"),
                .product(name: "NamespaceKit", package: "skiff"), systemPackage,
            ]
        ),
        // A front end with docker's spellings.
        .executableTarget(
            name: "skiff",
            dependencies: [
                "Attendance", "CProgram", .product(name: "RuntimeCore", package: "skiff"),
                .product(name: "RegistryClient", package: "skiff"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"), systemPackage,
            ]
        ),
        // An OCI runtime with runc's command line: static, no Foundation, no ArgumentParser.
        .executableTarget(
            name: "skiff-oci",
            dependencies: [
                "Attendance", "CProgram", .product(name: "Logging", package: "swift-log"),
                .product(name: "OCIRuntime", package: "skiff"), .product(name: "OCISpec", package: "skiff"),
                .product(name: "CgroupKit", package: "skiff"),
                .product(name: "NamespaceKit", package: "skiff"), .product(name: "LinuxSystem", package: "skiff"),
                systemPackage,
            ]
        ),
        // One page each: what the libraries are for.
        .executableTarget(name: "code-grader", dependencies: [.product(name: "RuntimeCore", package: "skiff")]),
        .executableTarget(name: "database-test", dependencies: [.product(name: "RuntimeCore", package: "skiff")]),
        .executableTarget(name: "service-supervisor", dependencies: [.product(name: "RuntimeCore", package: "skiff")]),
        .executableTarget(
            name: "build-sandbox",
            dependencies: [
                .product(name: "LayerUnpack", package: "skiff"), .product(name: "NamespaceKit", package: "skiff"),
                .product(name: "LinuxSystem", package: "skiff"), systemPackage,
            ]
        ),
        .executableTarget(
            name: "small-bubblewrap",
            dependencies: [
                .product(name: "LinuxSystem", package: "skiff"), .product(name: "NamespaceKit", package: "skiff"),
                systemPackage,
            ]
        ),
        .executableTarget(
            name: "layout-inspector",
            dependencies: [
                .product(name: "ImageLayout", package: "skiff"), .product(name: "OCISpec", package: "skiff"),
                systemPackage,
            ]
        ),
        // What `make demo` runs.
        .executableTarget(
            name: "skiff-demo",
            dependencies: [.product(name: "RuntimeCore", package: "skiff"), systemPackage],
            plugins: ["EmbedProbe"]
        ),
        // The program that the demo's containers run, compiled from `Probe` and embedded.
        .executableTarget(name: "embed-probe"),
        .plugin(name: "EmbedProbe", capability: .buildTool(), dependencies: ["embed-probe"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .plugin && target.name != "CProgram" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("ImmutableWeakCaptures"),
        .enableUpcomingFeature("InferIsolatedConformances"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(), .treatAllWarnings(as: .error),
    ]
}
