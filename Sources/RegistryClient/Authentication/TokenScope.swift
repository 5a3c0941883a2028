// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What a token is asked for: actions on one repository, or on the registry.
///
/// - SeeAlso: docker's token scope documentation.
struct TokenScope: Hashable, Sendable, CustomStringConvertible {
    /// What is done.
    enum Action: String, Hashable, Sendable, CaseIterable { case pull, push, delete }

    private let kind: String
    private let name: String
    private let actions: [String]

    /// Actions on a repository.
    init(_ repository: String, _ actions: Set<Action>) {
        kind = "repository"
        name = repository
        self.actions = Action.allCases.filter { actions.contains($0) }.map(\.rawValue)
    }

    private init(kind: String, name: String, actions: [String]) {
        self.kind = kind
        self.name = name
        self.actions = actions
    }

    /// Listing the repositories of a registry.
    static let catalog = TokenScope(kind: "registry", name: "catalog", actions: ["*"])

    /// For example `repository:library/alpine:pull`.
    var description: String { "\(kind):\(name):\(actions.joined(separator: ","))" }
}
