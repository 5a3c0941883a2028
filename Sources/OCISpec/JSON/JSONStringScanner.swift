// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Looks at every string of a value for the character U+0000, which ends a string early wherever the kernel reads it.
///
/// A document that was read cannot contain it; one that a program built can.
public struct JSONStringScanner: JSONFieldVisitor {
    /// Scanning cannot fail.
    public typealias Failure = Never

    /// The places that contain U+0000.
    public private(set) var found: [JSONPath] = []
    private var path = JSONPath()

    /// Scans `value`.
    init(_ value: some JSONRepresentable) { value.scanStrings(&self) }

    /// Looks at one string.
    ///
    /// - Parameter string: The string.
    public mutating func scan(_ string: String) {
        if string.utf8.contains(0) { found.append(path) }
    }

    /// Looks at the name of a member and, through `body`, at its value.
    mutating func scan(key: String, _ body: (inout JSONStringScanner) -> Void) {
        path.elements.append(.key(key))
        scan(key)
        body(&self)
        path.elements.removeLast()
    }

    /// Looks, through `body`, at the element `index` of an array.
    mutating func scan(index: Int, _ body: (inout JSONStringScanner) -> Void) {
        path.elements.append(.index(index))
        body(&self)
        path.elements.removeLast()
    }

    /// Looks at the strings of a member.
    public mutating func required<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value) {
        path.elements.append(.key(name.description))
        value.scanStrings(&self)
        path.elements.removeLast()
    }

    /// Looks at the strings of a member.
    public mutating func defaulted<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value) {
        required(name, &value)
    }

    /// Looks at the strings of a member that is there.
    public mutating func optional<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value?) {
        guard let value else { return }
        path.elements.append(.key(name.description))
        value.scanStrings(&self)
        path.elements.removeLast()
    }

    /// Does nothing: a refused member has no property.
    public mutating func refused(_ name: StaticString, _ code: JSONError.Code) {}

    /// Looks at the strings of the members that are not known.
    public mutating func others(_ fields: inout JSONObject) { fields.scanStrings(&self) }

    /// Does nothing.
    public mutating func noOthers() {}
}
