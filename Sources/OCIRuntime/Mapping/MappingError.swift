// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// A field that cannot be mapped.
struct MappingError: Error, Hashable, Sendable {
    /// Why it cannot.
    enum Reason: Hashable, Sendable {
        /// The value is not in order.
        case invalid
        /// The value is in order and not applied here.
        case unsupported
    }

    /// Why it cannot be mapped.
    let reason: Reason
    /// The place in the document.
    let path: JSONPath
    /// The rule, or what is not supported, in one line.
    let detail: String

    init(_ reason: Reason, _ path: JSONPath, _ detail: String) {
        self.reason = reason
        self.path = path
        self.detail = detail
    }

    /// What most refusals say.
    static func unsupported(_ path: JSONPath, _ detail: String = "is not supported") -> MappingError {
        MappingError(.unsupported, path, detail)
    }

    /// A value that is out of the field's range.
    static func invalid(_ path: JSONPath, _ detail: String) -> MappingError { MappingError(.invalid, path, detail) }
}

extension RuntimeError {
    init(_ error: MappingError, container: String) {
        let code: Code =
            switch error.reason {
            case .invalid: .invalidConfiguration
            case .unsupported: .unsupported
            }
        self.init(code, "config.json: \(error.path): \(error.detail)", container: container)
    }
}

extension JSONPath {
    /// The path of these keys from the document's root.
    static func field(_ keys: String...) -> JSONPath { JSONPath(keys.map { .key($0) }) }
}
