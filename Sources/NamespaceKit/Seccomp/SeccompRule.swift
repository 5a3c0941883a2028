// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What to do with some system calls.
public struct SeccompRule: Hashable, Sendable {
    /// The calls' names, as in the kernel's tables; a name that an architecture does not have has no effect there.
    public var names: [String]
    /// What to do with them.
    public var action: SeccompAction
    /// What must hold for the rule to apply: all of these; nothing if empty. An argument may occur more than once.
    public var conditions: [SeccompCondition]

    /// Makes a rule.
    public init(names: [String], action: SeccompAction, conditions: [SeccompCondition] = []) {
        self.names = names
        self.action = action
        self.conditions = conditions
    }

    /// The rules that an entry of the runtime specification's `syscalls` stands for.
    ///
    /// That is one rule, but for one case: if the conditions name an argument more than once, runc and crun make a rule
    /// of each condition, so that any of them is enough, because libseccomp cannot express both at once. Profiles in
    /// use rely on it, so it is the same here. Write a ``SeccompRule`` yourself to have all of them hold.
    ///
    /// - Throws: ``SeccompError``: `emptyNames`, or `argumentIndexOutOfRange`.
    public static func rules(
        ociNames names: [String],
        action: SeccompAction,
        conditions: [SeccompCondition]
    ) throws(SeccompError) -> [SeccompRule] {
        if names.isEmpty { throw SeccompError(.emptyNames, subject: action.ociName) }
        var seen: Set<UInt32> = []
        var repeats = false
        for condition in conditions {
            if condition.index > 5 { throw SeccompError(.argumentIndexOutOfRange, subject: "\(condition.index)") }
            if !seen.insert(condition.index).inserted { repeats = true }
        }
        if !repeats { return [SeccompRule(names: names, action: action, conditions: conditions)] }
        return conditions.map { SeccompRule(names: names, action: action, conditions: [$0]) }
    }
}
