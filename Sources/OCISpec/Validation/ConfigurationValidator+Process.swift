// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ConfigurationValidator {
    /// The id that stands for "no change" in system calls and so for nobody.
    static let noID = UInt32.max

    /// Checks the process.
    mutating func validate(_ process: RuntimeConfiguration.Process, at path: JSONPath) {
        if let first = process.args?.first {
            require(!first.utf8.isEmpty, .missing, path.appending("args").appending(0), "must not be empty")
        } else {
            add(.missing, path.appending("args"), "must name a program to run")
        }
        requireAbsolute(process.cwd, path.appending("cwd"))
        validateEnvironment(process.env ?? [], at: path.appending("env"))
        validate(process.user, at: path.appending("user"))
        validate(process.rlimits ?? [], at: path.appending("rlimits"))
        if let adjustment = process.oomScoreAdj {
            require((-1000...1000).contains(adjustment), path.appending("oomScoreAdj"), "must be from -1000 to 1000")
        }
        if let priority = process.ioPriority?.priority {
            require(
                (0...7).contains(priority),
                path.appending("ioPriority").appending("priority"),
                "must be from 0 to 7"
            )
        }
        if let scheduler = process.scheduler { validate(scheduler, at: path.appending("scheduler")) }
        let affinity = path.appending("execCPUAffinity")
        validateList(process.execCPUAffinity?.initial, at: affinity.appending("initial"))
        validateList(process.execCPUAffinity?.final, at: affinity.appending("final"))
        for (field, value) in [("apparmorProfile", process.apparmorProfile), ("selinuxLabel", process.selinuxLabel)] {
            guard let value else { continue }
            require(!value.utf8.contains(UInt8(ascii: "\n")), path.appending(field), "must not contain a line break")
        }
    }

    /// Checks that each entry is `NAME=value`.
    mutating func validateEnvironment(_ environment: [String], at path: JSONPath) {
        for (index, entry) in environment.enumerated() {
            let name = entry.utf8.prefix { $0 != UInt8(ascii: "=") }
            let isEntry = !name.isEmpty && name.endIndex != entry.utf8.endIndex
            require(isEntry, path.appending(index), "must have the form NAME=value")
        }
    }

    private mutating func validate(_ user: RuntimeConfiguration.User, at path: JSONPath) {
        require(user.uid != Self.noID, path.appending("uid"), "4294967295 is no user id")
        require(user.gid != Self.noID, path.appending("gid"), "4294967295 is no group id")
        for (index, gid) in (user.additionalGids ?? []).enumerated() {
            let place = path.appending("additionalGids").appending(index)
            require(gid != Self.noID, place, "4294967295 is no group id")
        }
        if let umask = user.umask { require(umask <= 0o777, path.appending("umask"), "must be from 0 to 0o777") }
    }

    private mutating func validate(_ limits: [RuntimeConfiguration.RLimit], at path: JSONPath) {
        for (index, limit) in limits.enumerated() where limit.soft > limit.hard {
            add(.invalid, path.appending(index).appending("soft"), "must not be greater than the hard limit")
        }
        requireUnique(limits.map(\.type), { path.appending($0).appending("type") }, "this resource is limited twice")
    }

    private mutating func validate(_ scheduler: RuntimeConfiguration.Scheduler, at path: JSONPath) {
        let nice = scheduler.nice ?? 0
        let priority = scheduler.priority ?? 0
        require((-20...19).contains(nice), path.appending("nice"), "must be from -20 to 19")
        switch scheduler.policy {
        case .fifo, .roundRobin:
            require((1...99).contains(priority), path.appending("priority"), "must be from 1 to 99 for this policy")
        case .other, .batch, .iso, .idle, .deadline:
            require(priority == 0, .conflict, path.appending("priority"), "this policy has no priority")
        }
        let times = [("runtime", scheduler.runtime), ("deadline", scheduler.deadline), ("period", scheduler.period)]
        guard scheduler.policy == .deadline else {
            for (field, time) in times where time ?? 0 != 0 {
                add(.conflict, path.appending(field), "only the policy SCHED_DEADLINE has it")
            }
            return
        }
        let runtime = scheduler.runtime ?? 0
        let deadline = scheduler.deadline ?? 0
        let period = scheduler.period ?? 0
        require(runtime > 0, .missing, path.appending("runtime"), "is required by the policy SCHED_DEADLINE")
        require(runtime <= deadline, path.appending("deadline"), "must not be less than the runtime")
        require(period == 0 || deadline <= period, path.appending("period"), "must not be less than the deadline")
    }

    /// Checks a list of numbers and ranges such as `0-3,7`; empty and absent ones pass.
    mutating func validateList(_ list: String?, at path: JSONPath) {
        guard let list, !list.utf8.isEmpty else { return }
        let isList = list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).allSatisfy {
            part in
            let ends = part.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map(Bytes.number)
            switch ends.count {
            case 1: return ends[0] != nil
            case 2:
                guard let first = ends[0], let last = ends[1] else { return false }
                return first <= last
            default: return false
            }
        }
        require(isList, path, "must be a list of numbers and ranges such as 0-3,7")
    }
}
