// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Which device nodes the processes of a group may make and open.
///
/// The rules are read in their order, as OCI has it: for each kind of access the last rule that matches decides, and
/// where none matches access is denied. So a policy without rules denies everything.
///
/// - SeeAlso: OCI runtime-spec, config-linux.md, "Allowed Device list".
public struct DevicePolicy: Hashable, Sendable {
    /// The rules, in order.
    public var rules: [DeviceRule]

    /// Makes a policy.
    public init(rules: [DeviceRule] = []) { self.rules = rules }

    /// How many rules a policy may have.
    static let maximumRules = 4096

    /// What the processes may do with a node.
    ///
    /// - Parameters:
    ///   - kind: `character` or `block`.
    ///   - major: Major number; `nil` for one that no rule names.
    ///   - minor: Minor number; `nil` for one that no rule names.
    /// - Returns: The kinds of access that are allowed.
    public func allowedAccess(_ kind: DeviceRule.Kind, major: UInt32?, minor: UInt32?) -> DeviceRule.Access {
        var allowed: DeviceRule.Access = []
        for rule in rules where rule.matches(kind, major, minor) {
            if rule.isAllowed { allowed.formUnion(rule.access) } else { allowed.subtract(rule.access) }
        }
        return allowed
    }

    /// Refuses rules that say nothing or name devices that cannot exist.
    func check() throws(CgroupError) {
        if rules.count > Self.maximumRules { throw .invalid("devices", "more than \(Self.maximumRules) rules") }
        for (index, rule) in rules.enumerated() {
            if let major = rule.major, major > 4095 {
                throw .invalid("devices[\(index)].major", "\(major) is above 4095")
            }
            if let minor = rule.minor, minor > 1_048_575 {
                throw .invalid("devices[\(index)].minor", "\(minor) is above 1048575")
            }
            if rule.access.isEmpty || !rule.access.isSubset(of: .full) {
                throw .invalid("devices[\(index)].access", "it names no access out of rwm")
            }
        }
    }
}
