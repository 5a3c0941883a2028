// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A template as Go's programs take it, as far as scripts use it on lists: text with fields, `json`, `join`, `upper`,
/// `lower`, `len`, `index`, `println` and pipes between them.
struct GoTemplate: Equatable {
    /// A part of a template.
    private enum Part: Equatable {
        /// Text that is printed as it is.
        case text(String)
        /// What a pipeline of commands results in.
        case pipeline([[Operand]])
    }

    /// A word of a command.
    enum Operand: Equatable {
        /// A field within a field, and so on; none is the whole value.
        case field([String])
        /// A string or a number.
        case value(JSONValue)
        /// A function.
        case function(TemplateFunction)
    }

    private let parts: [Part]

    /// Reads a template.
    ///
    /// - Throws: ``Failure`` that names what is wrong or not supported.
    init(_ text: String) throws(Failure) {
        var parts: [Part] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            parts.append(.text(Self.unescaped(rest[..<start.lowerBound])))
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                throw Failure("--format: \"{{\" without \"}}\"")
            }
            parts.append(.pipeline(try TemplateReader.pipeline(rest[start.upperBound..<end.lowerBound])))
            rest = rest[end.upperBound...]
        }
        parts.append(.text(Self.unescaped(rest)))
        self.parts = parts.filter { $0 != .text("") }
    }

    /// What the template makes of a value.
    ///
    /// - Throws: ``Failure`` for a field that is not there, and for functions that do not apply.
    func text(of value: JSONValue) throws(Failure) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .pipeline(let commands): result += TemplateFunction.print(try Self.evaluate(commands, value))
            }
        }
        return result
    }

    private static func evaluate(_ commands: [[Operand]], _ value: JSONValue) throws(Failure) -> JSONValue {
        var passed: JSONValue?
        for command in commands {
            var values: [JSONValue] = []
            var function: TemplateFunction?
            for (position, operand) in command.enumerated() {
                switch operand {
                case .field(let names): values.append(try field(names, of: value))
                case .value(let constant): values.append(constant)
                case .function(let named):
                    guard position == 0 else { throw Failure("--format: \(named.rawValue) stands within a command") }
                    function = named
                }
            }
            if let passed { values.append(passed) }
            if let function {
                passed = try function.apply(to: values)
            } else if values.count == 1 {
                passed = values[0]
            } else {
                throw Failure("--format: a value stands where a function is expected")
            }
        }
        return passed ?? .null
    }

    private static func field(_ names: [String], of value: JSONValue) throws(Failure) -> JSONValue {
        var found = value
        for name in names {
            guard let object = found.object else { throw Failure("--format: .\(name): what it is a field of has none") }
            guard let inner = object[name] else {
                let known = object.members.map(\.key).sorted().joined(separator: ", ")
                throw Failure("--format: there is no field .\(name); there are: \(known)")
            }
            found = inner
        }
        return found
    }

    /// `\t` and `\n` as they come from a shell's single quotes.
    private static func unescaped(_ text: Substring) -> String {
        String(text).replacing("\\t", with: "\t").replacing("\\n", with: "\n")
    }
}
