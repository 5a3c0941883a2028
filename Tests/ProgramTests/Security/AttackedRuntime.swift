// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

/// The runtime that an attack is tried on.
///
/// Debian's runc 1.1.5 has some of the faults of the catalogue: there the same attack must succeed, else the test would be
/// blind.
enum AttackedRuntime: String, CaseIterable, CustomTestStringConvertible {
    case ours = "skiff-oci"
    case vulnerable = "runc"

    var testDescription: String { rawValue }

    /// The command, with a state directory of its own.
    func command(in bundle: OCIBundle) -> String {
        switch self {
        case .ours: "\(Program.oci.path) --root \(bundle.state)"
        case .vulnerable: "runc --root \(bundle.state)-runc"
        }
    }

    /// Whether it can be tried on this machine.
    func isHere() throws -> Bool {
        guard self == .vulnerable else { return true }
        if !Requirement.runc.isMet, Requirement.runc.mustBeMet { Issue.record("runc 1.1.5 must be here") }
        return Requirement.runc.isMet
    }
}
