// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

package import Testing

/// A requirement that this machine had to meet and does not.
struct RequirementMissing: Error, CustomStringConvertible {
    let requirements: [Requirement]
    var description: String { "this machine must offer: \(requirements.map(\.rawValue).joined(separator: ", "))" }
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only on a machine that meets `requirements`; see ``Requirement/mustBeMet`` for when that fails.
    package static func requires(_ requirements: Requirement...) -> Self {
        .enabled("requires \(requirements.map(\.rawValue).joined(separator: ", "))") {
            let missing = requirements.filter { !$0.isMet }
            if missing.contains(where: \.mustBeMet) { throw RequirementMissing(requirements: missing) }
            return missing.isEmpty
        }
    }
}

extension Trait where Self == TimeLimitTrait {
    /// Ends a test that hangs. It says nothing about speed: on two processors, with builds and a thousand tests beside it, a
    /// test may wait many minutes for its turn.
    package static var endsIfStuck: Self { .timeLimit(.minutes(40)) }
}
