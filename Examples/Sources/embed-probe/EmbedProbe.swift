// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation

/// Compiles the probe, a program that runs inside of a container, and writes it as a Swift source.
///
/// Arguments: path of `swiftc`, the directory of the C headers, a directory for intermediate files, the output file, the
/// C sources. `StaticImage.swift` is a link to the file that builds the container's init in the same way.
@main struct EmbedProbe {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 5 else {
            throw StaticImage.Failure(description: "usage: embed-probe SWIFTC HEADERS WORK OUTPUT SOURCE...")
        }
        let image = StaticImage(
            compiler: URL(fileURLWithPath: arguments[1]),
            work: URL(fileURLWithPath: arguments[3])
        )
        let objects = try image.compile(
            arguments[5...].map { URL(fileURLWithPath: $0) },
            headers: URL(fileURLWithPath: arguments[2])
        )
        try StaticImage.embed(image.link(objects, as: "probe"), as: "ProbeImage", "The probe as an executable file.")
            .write(toFile: arguments[4], atomically: true, encoding: .utf8)
    }
}
