// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A program of `Examples/`, as `make bin` builds it.
package enum Program: String, CaseIterable, Sendable {
    /// The front end.
    case skiff
    /// The OCI runtime.
    case oci = "skiff-oci"
    /// What `make demo` runs.
    case demo = "skiff-demo"
    /// One page each, that show what the libraries are for.
    case codeGrader = "examples/code-grader"
    case buildSandbox = "examples/build-sandbox"
    case serviceSupervisor = "examples/service-supervisor"
    case smallBubblewrap = "examples/small-bubblewrap"
    case layoutInspector = "examples/layout-inspector"
    case databaseTest = "examples/database-test"

    /// Where it is: in `$SKIFF_BIN`, else in the `bin` of this package.
    package var path: String {
        let directory = Environment.value(of: "SKIFF_BIN") ?? Self.packageDirectory + "/bin"
        return "\(directory)/\(rawValue)"
    }

    /// How it begins its errors.
    package var name: String { rawValue.split(separator: "/").last.map(String.init) ?? rawValue }

    /// The top of the package, found from where this file was when it was compiled.
    package static var packageDirectory: String {
        "\(#filePath)".split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }
    }

    /// Runs the program to its end.
    package func run(_ arguments: [String], directory: String? = nil) throws -> Command.Result {
        try Command.run([path] + arguments, directory: directory)
    }
}
