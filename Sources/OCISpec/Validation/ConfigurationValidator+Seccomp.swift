// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ConfigurationValidator {
    /// Checks the system call filter. Whether a name is one of a system call is for the compiler of the filter.
    mutating func validate(_ seccomp: LinuxSeccomp, at path: JSONPath) {
        validateErrno(seccomp.defaultErrnoRet, for: seccomp.defaultAction, at: path.appending("defaultErrnoRet"))
        require(
            seccomp.defaultAction != .notify,
            path.appending("defaultAction"),
            "must not be SCMP_ACT_NOTIFY, since the agent's own answers would wait for it"
        )
        let rules = seccomp.syscalls ?? []
        for (index, rule) in rules.enumerated() {
            validate(rule, at: path.appending("syscalls").appending(index))
        }
        requireUnique(
            seccomp.architectures ?? [],
            { path.appending("architectures").appending($0) },
            "stands twice"
        )
        requireUnique(seccomp.flags ?? [], { path.appending("flags").appending($0) }, "stands twice")
        validateListener(seccomp, rules, at: path)
    }

    private mutating func validate(_ rule: LinuxSeccomp.Rule, at path: JSONPath) {
        require(!rule.names.isEmpty, .missing, path.appending("names"), "must name a system call")
        for (index, name) in rule.names.enumerated() {
            let isName =
                !name.utf8.isEmpty && name.utf8.count <= 64
                && name.utf8.allSatisfy { Bytes.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
            require(isName, path.appending("names").appending(index), "must be the name of a system call")
        }
        validateErrno(rule.errnoRet, for: rule.action, at: path.appending("errnoRet"))
        for (index, argument) in (rule.args ?? []).enumerated() {
            let place = path.appending("args").appending(index)
            require(argument.index <= 5, place.appending("index"), "must be from 0 to 5")
        }
    }

    /// The kernel hands at most 4095 on as an error number; a tracer gets 16 bits.
    private mutating func validateErrno(
        _ value: UInt32?,
        for action: LinuxSeccomp.Action,
        at path: @autoclosure () -> JSONPath
    ) {
        guard let value else { return }
        switch action {
        case .errno: require(value <= 4095, path(), "must be from 0 to 4095")
        case .trace: require(value <= 65535, path(), "must be from 0 to 65535")
        case .kill, .killProcess, .killThread, .trap, .allow, .log, .notify:
            // Docker writes it beside actions without number, so it is only checked for being one.
            require(value <= 65535, path(), "must be from 0 to 65535")
        }
    }

    private mutating func validateListener(_ seccomp: LinuxSeccomp, _ rules: [LinuxSeccomp.Rule], at path: JSONPath) {
        let listener = seccomp.listenerPath ?? ""
        let asks = rules.contains { $0.action == .notify }
        if !listener.utf8.isEmpty {
            requireAbsolute(listener, path.appending("listenerPath"))
        } else {
            require(!asks, .needs, path.appending("listenerPath"), "is required by the action SCMP_ACT_NOTIFY")
            let metadata = seccomp.listenerMetadata ?? ""
            require(metadata.utf8.isEmpty, .needs, path.appending("listenerMetadata"), "needs listenerPath")
        }
        if seccomp.flags?.contains(.waitKillableReceive) ?? false {
            require(
                asks,
                .needs,
                path.appending("flags"),
                "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs SCMP_ACT_NOTIFY"
            )
        }
    }
}
