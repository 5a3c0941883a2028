// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

extension JSONPath {
    /// What runc says of the part of a configuration that it refuses, where callers match on that, to stand after what is
    /// wrong; else nothing.
    var phrase: String {
        guard elements.starts(with: [.key("linux"), .key("memoryPolicy")]) else { return "" }
        switch elements.dropFirst(2).first {
        case .key("mode"): return "; invalid memory policy mode"
        case .key("flags"): return "; invalid memory policy flag"
        case .key("nodes"): return "; invalid memory policy node"
        default: return "; invalid memory policy"
        }
    }
}
