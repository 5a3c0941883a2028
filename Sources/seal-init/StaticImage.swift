// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation

/// Builds an executable that needs no library, with the tools beside a `swiftc`, and writes it as a Swift source.
struct StaticImage {
    /// The Swift compiler, beside which clang and lld are.
    let compiler: URL
    /// A directory for intermediate files.
    let work: URL

    /// What went wrong, for the build log.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Compiles C sources; the objects' paths.
    func compile(_ sources: [URL], headers: URL) throws -> [String] {
        try sources.map { source in
            let object = work.appendingPathComponent(source.lastPathComponent + ".o").path
            try run(
                tool("clang"),
                [
                    "-std=c11", "-Os", "-ffreestanding", "-fno-builtin", "-fno-stack-protector", "-ffunction-sections",
                    "-fno-pic", "-Wall", "-Wextra", "-Werror", "-I", headers.path, "-c", source.path, "-o", object,
                ]
            )
            return object
        }
    }

    /// Links objects; the executable's bytes.
    func link(_ objects: [String], as name: String) throws -> Data {
        let image = work.appendingPathComponent(name)
        try run(
            tool("ld.lld"),
            [
                "-static", "-nostdlib", "--gc-sections", "-s", "-z", "noseparate-code", "-z", "noexecstack", "-e",
                "_start", "-o", image.path,
            ] + objects
        )
        return try Data(contentsOf: image)
    }

    /// Runs a tool to its end.
    func run(_ tool: URL, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = tool
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(tool.lastPathComponent) failed with status \(process.terminationStatus)")
        }
    }

    private func tool(_ name: String) -> URL {
        compiler.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent(name)
    }

    /// The image as an array of 64-bit words, which the compiler lays out as constant data.
    static func embed(_ image: Data, as type: String, _ summary: String) -> String {
        var bytes = [UInt8](image)
        while bytes.count % 8 != 0 { bytes.append(0) }
        let words = stride(from: 0, to: bytes.count, by: 8).map { start in
            let value = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
            return "0x" + String(value, radix: 16)
        }
        let lines = stride(from: 0, to: words.count, by: 6).map { start in
            "        " + words[start..<min(start + 6, words.count)].joined(separator: ", ")
        }
        return """
            // Generated while building. Not part of the sources.

            /// \(summary)
            enum \(type) {
                /// Its bytes as 64-bit little-endian words, padded with zeros.
                static let words: [UInt64] = [
            \(lines.joined(separator: ",\n"))
                ]
            }

            """
    }
}
