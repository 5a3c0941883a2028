// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A number that a flag has.
enum FlagNumber {
    static func read<Number: LosslessStringConvertible>(_ text: String?, _ flag: String) throws(Failure) -> Number? {
        guard let text else { return nil }
        guard let number = Number(text) else {
            throw Failure("invalid argument \"\(text)\" for \(flag): no such number")
        }
        return number
    }
}
