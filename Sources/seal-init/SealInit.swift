// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation

/// Compiles the container's init as Embedded Swift, links it without any library, and writes it as a Swift source.
///
/// Arguments: path of `swiftc`, the `Sources` directory, a directory for intermediate files, the output file.
@main struct SealInit {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5 else {
            throw StaticImage.Failure(description: "usage: seal-init SWIFTC SOURCES WORK OUTPUT")
        }
        let sealer = SealInit(
            image: StaticImage(
                compiler: URL(fileURLWithPath: arguments[1]),
                work: URL(fileURLWithPath: arguments[3])
            ),
            sources: URL(fileURLWithPath: arguments[2])
        )
        try StaticImage.embed(sealer.build(), as: "SealedInitImage", "The container's init as an executable file.")
            .write(toFile: arguments[4], atomically: true, encoding: .utf8)
    }

    let image: StaticImage
    let sources: URL

    /// The linked executable's bytes.
    func build() throws -> Data {
        let object = image.work.appendingPathComponent("init.o").path
        let headers = sources.appendingPathComponent("CLinux/include")
        try image.run(
            image.compiler,
            [
                "-enable-experimental-feature", "Embedded", "-wmo", "-Osize", "-parse-as-library", "-D", "SKIFF_SEALED",
                "-swift-version", "6", "-enable-upcoming-feature", "InternalImportsByDefault",
                "-package-name", "skiff", "-module-name", "SkiffInit", "-I", headers.path,
                "-Xcc", "-ffreestanding", "-Xcc", "-fno-stack-protector", "-Xfrontend", "-disable-stack-protector",
                "-Xfrontend", "-function-sections",
            ] + Self.swiftTarget + ["-c"] + (try swiftSources()) + ["-o", object]
        )
        let start = sources.appendingPathComponent("ContainerInit/Entry/start.c")
        return try image.link(image.compile([start], headers: headers) + [object], as: "skiff-init")
    }

    /// On aarch64 the toolchain has Embedded Swift for the freestanding triple only.
    private static var swiftTarget: [String] {
        #if arch(arm64)
        ["-target", "aarch64-none-none-elf"]
        #else
        []
        #endif
    }

    /// The sources that make the init: the plan's reader, not its writer, and the interpreter.
    private func swiftSources() throws -> [String] {
        try ["LaunchPlan", "ContainerInit"].flatMap { target in
            let directory = sources.appendingPathComponent(target)
            return try FileManager.default.subpathsOfDirectory(atPath: directory.path).sorted()
                .filter { $0.hasSuffix(".swift") && !$0.contains("Host/") }
                .map { directory.appendingPathComponent($0).path }
        }
    }
}
