// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// A package that depends on this one, as its users write it.
struct Consumer: ~Copyable {
    /// A program of the package: what it imports, and its source.
    struct Program {
        let product: String
        let source: String
    }

    private let directory: TemporaryDirectory
    /// The options that say where SwiftPM keeps what.
    private let places: [String]
    private let scratch: FilePath

    /// Writes the package. `dependency` is what `.package(…)` gets to say where this package is and which traits it has;
    /// a consumer that is alone is built with nothing that an earlier build has left, and leaves nothing itself.
    init(of dependency: String, _ programs: [String: Program], isAlone: Bool = false) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        // Kept between consumers and runs, since most of what they build is the same.
        let shared = FilePath(TestSupport.Program.packageDirectory).appending(".build/consumers")
        let scratch = isAlone ? path.appending("scratch") : shared
        let places =
            ["--package-path", "\(path)", "--scratch-path", "\(scratch)"]
            + (isAlone ? ["--cache-path", "\(path)/cache", "--security-path", "\(path)/security"] : [])
        let targets = programs.sorted { $0.key < $1.key }.map { name, program in
            let product = #".product(name: "\#(program.product)", package: "skiff")"#
            return #".executableTarget(name: "\#(name)", dependencies: [\#(product)])"#
        }
        let manifest = """
            // swift-tools-version: 6.2
            import PackageDescription
            let package = Package(
                name: "consumer",
                dependencies: [.package(\(dependency))],
                targets: [\(targets.joined(separator: ", "))]
            )

            """
        let root = try directory.open()
        try Self.write(manifest, to: "Package.swift", in: root)
        for (name, program) in programs {
            try root.makeDirectories(FilePath("Sources/\(name)"), mode: 0o755)
            try Self.write(program.source, to: FilePath("Sources/\(name)/main.swift"), in: root)
        }
        self.directory = directory
        self.places = places
        self.scratch = scratch
    }

    private static func write(_ text: String, to path: FilePath, in root: borrowing RootDirectory) throws {
        try root.open(path, CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL, mode: 0o644).write(Array(text.utf8))
    }

    /// The packages that it needs, itself not among them.
    func dependencies() throws -> Set<String> {
        let json = try swift("package", "show-dependencies", "--format", "json")
        let identities = json.split(separator: "\n").compactMap { line -> String? in
            let parts = line.split(separator: "\"")
            return parts.count == 5 && parts[1] == "identity" ? String(parts[3]) : nil
        }
        // The first is the consumer, the second this package, whatever the directory is called that it is in.
        return Set(identities.dropFirst(2))
    }

    /// The repositories that SwiftPM has cloned for it.
    func clones() throws -> Set<String> {
        var names: Set<String> = []
        for folder in ["checkouts", "repositories"] {
            guard let directory = try? RootDirectory(at: scratch.appending(folder)) else { continue }
            for entry in try directory.entries() { names.insert(String(decoding: entry.name, as: UTF8.self)) }
        }
        return names
    }

    /// Builds all of it, in debug mode.
    func build() throws { _ = try swift("build", "--disable-index-store") }

    /// The shared libraries that a built program is linked with, directly or not.
    func libraries(of program: String) throws -> [String] {
        let result = try Command.run(["ldd", path(of: program)])
        try #require(result.status == 0, "ldd: \(result.errors)")
        return result.output.split(separator: "\n").compactMap {
            $0.split { " \t".contains($0) }.first.map(String.init)
        }
    }

    /// Runs a built program in a directory, by default the current one; what it prints.
    func run(_ program: String, _ arguments: String..., directory: String? = nil) throws -> String {
        let result = try Command.run([path(of: program)] + arguments, directory: directory)
        try #require(result.status == 0, "\(program): \(result.output)\(result.errors)")
        return result.output
    }

    private func path(of program: String) -> String { "\(scratch)/debug/\(program)" }

    private func swift(_ subcommand: String, _ arguments: String...) throws -> String {
        let result = try Command.run(["swift", subcommand] + places + arguments)
        try #require(result.status == 0, "swift \(subcommand): \(result.output)\(result.errors)")
        return result.output
    }
}
