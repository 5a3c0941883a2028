// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff fsck`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract: "Read everything in the store, and say what is wrong.",
        discussion: """
            Exit status: 0 if nothing is wrong, 1 if something is, or was before it was repaired. A damaged blob that \
            was removed is fetched again by the next pull of its image.
            """
    )

    @OptionGroup var store: StoreOptions

    @Flag(help: "Remove blobs that are damaged, and names of containers that are gone.")
    var repair = false

    @Flag(name: .customLong("remove-images"), help: "With --repair: remove images that are not whole.")
    var removesImages = false

    mutating func validate() throws {
        if removesImages && !repair { throw ValidationError("--remove-images needs --repair") }
    }

    mutating func run() throws {
        let check = try store.open().check(repairing: removesImages ? .images : repair ? .blobs : .nothing)
        for problem in check.images.problems { try Output.line("\(problem)") }
        for problem in check.problems { try Output.line("\(problem)") }
        for blob in check.images.removedBlobs { try Output.line("Deleted: \(blob)") }
        for image in check.images.removedImages { try Output.line("Untagged: \(image.familiarImageName)") }
        for name in check.removedNames { try Output.line("Removed name: \(name)") }
        let read = "\(check.images.blobs) blobs with \(HumanSize.text(bytes: check.images.bytes))"
        let count = check.images.problems.count + check.problems.count
        try Output.line(
            "Checked \(read) and \(check.containers) containers: "
                + (count == 0 ? "nothing is wrong" : "\(count) problem\(count == 1 ? "" : "s")")
        )
        if count > 0 { throw ExitCode(1) }
    }
}
