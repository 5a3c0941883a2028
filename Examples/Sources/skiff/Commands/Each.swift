// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Does something for each name, and goes on after failures.
enum Each {
    /// - Throws: The first failure; the others are printed.
    static func of(_ names: [String], _ body: (String) throws -> Void) throws {
        var first: (any Error)?
        for name in names {
            do { try body(name) } catch {
                if first == nil { first = error } else { Output.error("\(Failure(error, command: "skiff"))") }
            }
        }
        if let first { throw first }
    }
}
