// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// Packages that use one product each: what they resolve, clone and link, and that they work.
///
/// One after the other, since they share what they build.
@Suite(.serialized, .requires(.swift), .endsIfStuck) struct ConsumerTests {
    /// This package by its path.
    private static func path(traits: String? = nil) -> String {
        #"name: "skiff", path: "\#(Program.packageDirectory)""# + (traits.map { ", traits: [\($0)]" } ?? "")
    }

    /// The libraries that only images need.
    private static let imageLibraries = ["libarchive", "libz", "libzstd", "libcrypto", "libFoundation"]

    private func expect(_ libraries: [String], lack names: [String], sourceLocation: SourceLocation = #_sourceLocation)
    {
        for name in names {
            let found = libraries.filter { $0.hasPrefix(name) }
            #expect(found.isEmpty, sourceLocation: sourceLocation)
        }
    }

    /// The code on the first page of a product's documentation, which is only compiled.
    private static func page(of product: String) throws -> Consumer.Program {
        let page = try DocumentationPage(product, of: product)
        return Consumer.Program(product: product, source: page.text(in: "swift"))
    }

    private static let reader = Consumer.Program(
        product: "OCISpec",
        source: #"""
            import OCISpec
            print(try Reference("debian").withDefaultTag)
            """#
    )

    @Test("A program that reads OCI documents needs no other package and no library but Swift's, from a tagged version")
    func documents() throws {
        let origin = try TemporaryDirectory()
        let copy = try Command.run(
            [
                "sh", "-ec",
                """
                mkdir skiff; for part in Package.swift Sources Plugins Tests; do cp -R "$0/$part" skiff; done; cd skiff
                git init -q; git add -A; git -c user.name=test -c user.email=test@localhost commit -qm test
                git tag 0.0.1
                """, Program.packageDirectory,
            ],
            directory: "\(origin.path)"
        )
        try #require(copy.status == 0, "\(copy.errors)")
        let consumer = try Consumer(
            of: #"url: "file://\#(origin.path)/skiff", from: "0.0.1", traits: []"#,
            ["spec": Self.reader],
            isAlone: true
        )
        #expect(try consumer.dependencies().isEmpty)
        #expect(try consumer.clones().allSatisfy { $0.hasPrefix("skiff") })
        try consumer.build()
        expect(try consumer.libraries(of: "spec"), lack: Self.imageLibraries)
        #expect(try consumer.run("spec") == "docker.io/library/debian:latest\n")
    }

    @Test("The same by its path resolves and clones nothing") func documentsByPath() throws {
        let consumer = try Consumer(of: Self.path(traits: ""), ["spec": Self.reader], isAlone: true)
        #expect(try consumer.dependencies().isEmpty)
        #expect(try consumer.clones().isEmpty)
    }

    @Test("Programs that only spawn need swift-system and swift-log, and link nothing for images") func spawning()
        throws
    {
        let consumer = try Consumer(
            of: Self.path(traits: #""Runtime""#),
            [
                "sandbox": Consumer.Program(
                    product: "NamespaceKit",
                    source: #"""
                        import NamespaceKit
                        var sandbox = Sandbox(["/bin/sh", "-c", "exit 7"])
                        print(try await sandbox.run())
                        """#
                ),
                "NamespaceKit-page": try Self.page(of: "NamespaceKit"),
                "CgroupKit-page": try Self.page(of: "CgroupKit"), "OCIRuntime-page": try Self.page(of: "OCIRuntime"),
                "groups": Consumer.Program(
                    product: "CgroupKit",
                    source: #"""
                        import CgroupKit
                        print(CgroupLimits())
                        """#
                ),
                "bundles": Consumer.Program(
                    product: "OCIRuntime",
                    source: #"""
                        import OCIRuntime
                        print(Runtime.specificationVersion)
                        """#
                ),
            ]
        )
        #expect(try consumer.dependencies() == ["swift-system", "swift-log"])
        try consumer.build()
        for program in ["sandbox", "groups", "bundles"] {
            expect(try consumer.libraries(of: program), lack: Self.imageLibraries)
        }
        #expect(try consumer.run("bundles").hasPrefix("1."))
        if Requirement.root.isMet { #expect(try consumer.run("sandbox").contains("exited(7)")) }
    }

    @Test("Programs that only handle images need neither the runtime nor Foundation") func images() throws {
        let consumer = try Consumer(
            of: Self.path(traits: #""Images""#),
            [
                "layout": Consumer.Program(
                    product: "ImageLayout",
                    source: #"""
                        import ImageLayout
                        print(try ImageLayoutDirectory.openOrCreate("/tmp/skiff-no-such-directory/layout").images())
                        """#
                ),
                "layers": Consumer.Program(
                    product: "LayerUnpack",
                    source: #"""
                        import LayerUnpack
                        print(LayerWriter().compression)
                        """#
                ),
                // Without the trait `Registry` its transport is the user's, and no other package is resolved.
                "registry": Consumer.Program(
                    product: "RegistryClient",
                    source: #"""
                        import RegistryClient
                        print(try RegistryURL("https://registry.example.com:443/v2/").text)
                        """#
                ),
                "OCISpec-page": try Self.page(of: "OCISpec"), "ImageLayout-page": try Self.page(of: "ImageLayout"),
                "LayerUnpack-page": try Self.page(of: "LayerUnpack"),
            ]
        )
        #expect(try consumer.dependencies() == ["swift-system", "swift-crypto", "swift-asn1"])
        try consumer.build()
        for program in ["layout", "layers"] {
            // swift-crypto itself uses the essential part of Foundation, which has no parts below it.
            let libraries = try consumer.libraries(of: program)
            expect(libraries, lack: ["libcrypto", "libFoundation.so", "lib_FoundationICU", "libFoundationInternat"])
            #expect(libraries.contains { $0.hasPrefix("libarchive") })
        }
        #expect(try consumer.run("layers") == "gzip\n")
        #expect(try consumer.run("registry") == "https://registry.example.com/v2/\n")
    }

    @Test("Ten lines run a container, and the tutorial prints what it says", .requires(.root, .overlay, .busybox, .tar))
    func container() throws {
        let tutorial = try DocumentationPage("FirstContainer", of: "RuntimeCore")
        let consumer = try Consumer(
            of: Self.path(),
            [
                "container": Consumer.Program(
                    product: "RuntimeCore",
                    source: #"""
                        import RuntimeCore
                        let store = try ContainerStore(at: FilePath(CommandLine.arguments[1]))
                        let layer = try store.images.addLayer(at: FilePath(CommandLine.arguments[2]))
                        let image = ImageConfiguration(architecture: Platform.host.architecture, os: "linux", rootfs: .init())
                        try store.images.addImage(image, layers: [layer], as: Reference("ten-lines"))
                        let result = try await Container.run("ten-lines", ["/busybox", "sh", "-c", "echo $$; exit 3"], in: store)
                        print(result.output, result.exit)
                        """#
                ),
                "RuntimeCore-page": try Self.page(of: "RuntimeCore"),
                "tutorial": Consumer.Program(product: "RuntimeCore", source: tutorial.text(in: "swift")),
            ]
        )
        #expect(try consumer.dependencies() == ["swift-system", "swift-log", "swift-crypto", "swift-asn1"])
        try consumer.build()
        let directory = try TemporaryDirectory()
        let tar = try Command.run(["tar", "-C", "/bin", "-cf", "\(directory.path)/layer.tar", "busybox"])
        try #require(tar.status == 0, "\(tar.errors)")
        let output = try consumer.run("container", "\(directory.path)/store", "\(directory.path)/layer.tar")
        #expect(output == "1\n exited with status 3\n")
        let shell = try Command.run(["sh", "-euc", tutorial.text(in: "sh")], directory: "\(directory.path)")
        try #require(shell.status == 0, "\(shell.errors)")
        #expect(try consumer.run("tutorial", directory: "\(directory.path)") == tutorial.text(in: "text"))
    }
}
