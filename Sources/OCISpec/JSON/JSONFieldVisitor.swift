// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Something that is done with each member of a ``JSONRecord``: reading, writing, scanning.
public protocol JSONFieldVisitor {
    /// What can go wrong: ``JSONError`` in reading, nothing in writing.
    associatedtype Failure: Error

    /// A member that must be there.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The property that holds it.
    /// - Throws: In reading ``JSONError``, if the member is not as it must be.
    mutating func required<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value) throws(Failure)

    /// A member that may be absent; `null` counts as absent.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The property that holds it.
    /// - Throws: In reading ``JSONError``, if the member is not as it must be.
    mutating func optional<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value?) throws(Failure)

    /// A member that may be absent and then leaves the property as it is; it is always written.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The property that holds it.
    /// - Throws: In reading ``JSONError``, if the member is not as it must be.
    mutating func defaulted<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value) throws(Failure)

    /// A member that makes the document unacceptable.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - code: The error's code.
    /// - Throws: In reading ``JSONError``, if the member is there.
    mutating func refused(_ name: StaticString, _ code: JSONError.Code) throws(Failure)

    /// All members that are not known; without this call they are ignored. Call it last.
    ///
    /// - Parameter fields: The property that keeps them.
    /// - Throws: In reading ``JSONError``, if a member's value is malformed.
    mutating func others(_ fields: inout JSONObject) throws(Failure)

    /// Says that a member that is not known is an error. Call it last.
    mutating func noOthers() throws(Failure)
}
