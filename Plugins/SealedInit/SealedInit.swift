// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import PackagePlugin

/// Builds the container's init from `LaunchPlan` and `ContainerInit` and embeds it in the target that uses the plugin.
///
/// The work is done by the `seal-init` tool; it runs again when one of the sources changes.
@main struct SealedInit: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let sources = context.package.directoryURL.appending(path: "Sources")
        let inputs = try ["CLinux/include", "LaunchPlan", "ContainerInit"].flatMap {
            try files(below: sources.appending(path: $0))
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "SealedInitImage.swift")
        return [
            .buildCommand(
                displayName: "Building and embedding the sealed init",
                executable: try context.tool(named: "seal-init").url,
                arguments: [
                    try context.tool(named: "swiftc").url.path, sources.path,
                    context.pluginWorkDirectoryURL.path, output.path,
                ],
                inputFiles: inputs,
                outputFiles: [output]
            )
        ]
    }

    private func files(below directory: URL) throws -> [URL] {
        try FileManager.default.subpathsOfDirectory(atPath: directory.path).sorted()
            .filter { $0.hasSuffix(".swift") || $0.hasSuffix(".c") || $0.hasSuffix(".h") || $0.hasSuffix(".modulemap") }
            .map { directory.appending(path: $0) }
    }
}
