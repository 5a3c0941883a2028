// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A function of a template.
enum TemplateFunction: String, CaseIterable {
    case json, join, upper, lower, len, index, println

    /// What the function makes of its operands.
    ///
    /// - Throws: ``Failure`` for operands that it does not take.
    func apply(to operands: [JSONValue]) throws(Failure) -> JSONValue {
        switch self {
        case .json: return .string(try only(operands).line)
        case .upper: return .string(Self.print(try only(operands)).uppercased())
        case .lower: return .string(Self.print(try only(operands)).lowercased())
        case .println: return .string(operands.map(Self.print).joined(separator: " ") + "\n")
        case .len: return .integer(try Self.count(try only(operands)))
        case .join:
            guard operands.count == 2, let list = operands[0].array, let separator = operands[1].string else {
                throw Failure("--format: join takes a list and a string")
            }
            return .string(list.map(Self.print).joined(separator: separator))
        case .index: return try Self.element(operands)
        }
    }

    private func only(_ operands: [JSONValue]) throws(Failure) -> JSONValue {
        guard operands.count == 1 else { throw Failure("--format: \(rawValue) takes one value") }
        return operands[0]
    }

    private static func count(_ value: JSONValue) throws(Failure) -> Int {
        switch value {
        case .array(let list): return list.count
        case .object(let object): return object.members.count
        case .string(let text): return text.utf8.count
        default: throw Failure("--format: len takes a list, a map or a string")
        }
    }

    private static func element(_ operands: [JSONValue]) throws(Failure) -> JSONValue {
        guard var found = operands.first else { throw Failure("--format: index takes a list or map, and keys") }
        for key in operands.dropFirst() {
            if let list = found.array, let position = Int(print(key)) {
                guard list.indices.contains(position) else {
                    throw Failure("--format: index \(position) is outside of a list of \(list.count)")
                }
                found = list[position]
            } else if let object = found.object, let name = key.string {
                // As Go has it: nothing, for a key that a map does not have.
                found = object[name] ?? .string("")
            } else {
                throw Failure("--format: index takes a list or map, and keys")
            }
        }
        return found
    }

    /// A value as Go's `print` shows it.
    static func print(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .null: "<no value>"
        case .array(let list): "[" + list.map(print).joined(separator: " ") + "]"
        case .object(let object):
            "map["
                + object.members.sorted { $0.key < $1.key }.map { "\($0.key):\(print($0.value))" }
                .joined(separator: " ") + "]"
        case .bool, .number: value.line
        }
    }
}
