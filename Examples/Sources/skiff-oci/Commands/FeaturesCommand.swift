// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime
internal import OCISpec

extension Command {
    static let features = Command(
        name: "features",
        summary: "print what configurations may ask for",
        description: "Prints the features of this runtime as JSON (OCI runtime-spec, features.md)."
    ) { _ in
        Files.print(String(decoding: Runtime.features.json(pretty: true), as: UTF8.self))
        return 0
    }
}
