// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import PackagePlugin

/// Builds the probe from the directory `Probe` and embeds it in the target that uses the plugin.
///
/// The work is done by the `embed-probe` tool; it runs again when one of the sources changes.
@main struct EmbedProbe: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let skiff = context.package.dependencies.first(where: { $0.package.displayName == "skiff" }) else {
            throw CocoaError(.fileNoSuchFile)
        }
        let probe = context.package.directoryURL.appending(path: "Probe")
        let headers = skiff.package.directoryURL.appending(path: "Sources/CLinux/include")
        let sources = try files(in: probe, ".c")
        let output = context.pluginWorkDirectoryURL.appending(path: "ProbeImage.swift")
        return [
            .buildCommand(
                displayName: "Building and embedding the probe",
                executable: try context.tool(named: "embed-probe").url,
                arguments: [
                    try context.tool(named: "swiftc").url.path, headers.path, context.pluginWorkDirectoryURL.path,
                    output.path,
                ] + sources.map(\.path),
                inputFiles: try sources + files(in: probe, ".h") + files(in: headers, ".h"),
                outputFiles: [output]
            )
        ]
    }

    private func files(in directory: URL, _ suffix: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
            .filter { $0.hasSuffix(suffix) }
            .map { directory.appending(path: $0) }
    }
}
