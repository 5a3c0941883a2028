// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import SystemPackage

/// The spawn itself, and what its errors mean.
extension Launcher {
    struct Spawned {
        let processID: Int32
        let pidfd: CInt
    }

    static func spawn(
        flags: UInt32,
        cgroup: CInt,
        sources: [CInt],
        first: Int
    ) throws(SystemCallError) -> Spawned {
        if Self.lacksHandles { throw SystemCallError(call: "pidfd_open", errno: .noFunction) }
        let executable = try SealedInit.descriptor()
        var scratch = [CInt](repeating: -1, count: sources.count)
        var spawn = unsafe clinux_spawn()
        unsafe spawn.flags = UInt64(flags)
        unsafe spawn.cgroup = cgroup
        unsafe spawn.executable = executable.descriptor.rawValue
        unsafe spawn.count = CInt(sources.count)
        let number = Array("\(first)".utf8CString)
        let name = Array("skiff-init".utf8CString)
        let result: CInt = unsafe sources.withUnsafeBufferPointer { sources in
            unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                unsafe name.withUnsafeBufferPointer { name in
                    unsafe number.withUnsafeBufferPointer { number in
                        let arguments: [UnsafePointer<CChar>?] = unsafe [name.baseAddress, number.baseAddress, nil]
                        return unsafe arguments.withUnsafeBufferPointer { arguments in
                            unsafe spawn.sources = sources.baseAddress
                            unsafe spawn.scratch = scratch.baseAddress
                            unsafe spawn.arguments = arguments.baseAddress
                            unsafe spawn.environment = arguments.baseAddress?.advanced(by: 2)
                            return unsafe clinux_spawn_init(&spawn)
                        }
                    }
                }
            }
        }
        withExtendedLifetime(executable) {}
        if result < 0 { throw SystemCallError(call: failedCall(-result), errno: Errno(rawValue: -result)) }
        return Spawned(processID: result, pidfd: unsafe spawn.pidfd)
    }

    /// Whether the kernel, or a filter on this process, has no pidfd_open(2), asked once. The handle of the process is not
    /// needed for the spawn, but nothing can be started, killed or deleted without one.
    private static let lacksHandles = clinux_pidfd_open(-1, 0) == -CLINUX_ENOSYS

    /// The call that a spawn failed at: the child can say no more than the error, so the kernel is asked again.
    private static func failedCall(_ error: CInt) -> String {
        let lacksCloseRange = error == CLINUX_ENOSYS && clinux_close_range(.max, .max, 0) == -CLINUX_ENOSYS
        return lacksCloseRange ? "close_range" : "clone3"
    }

    static func spawnError(_ error: SystemCallError) -> NamespaceError {
        NamespaceError(.spawnFailed, step: "spawn the container's init", cause: error, hint: spawnHint(error.errno))
    }

    private static func spawnHint(_ errno: Errno) -> String? {
        switch errno {
        case .notPermitted:
            UserNamespaceRules.current.obstacle ?? "new namespaces need CAP_SYS_ADMIN or a new user namespace"
        case .noSpace:
            UserNamespaceRules.current.obstacle ?? "a limit in /proc/sys/user/max_*_namespaces is reached"
        case .resourceTemporarilyUnavailable: "a limit on processes is reached (RLIMIT_NPROC, pids.max, threads-max)"
        case .noMemory: "no memory for a new process, or the pid namespace is going away"
        default: nil
        }
    }

    /// The error that a failed step's report means.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - plan: The init's plan, if it is known here.
    ///   - label: The label that the program gets, for those who do not have the plan.
    ///   - message: The whole message: a hook's name follows the report.
    ///   - printed: What the hook has printed.
    /// - Returns: The error.
    static func failure(
        _ report: Report,
        in plan: [HostInstruction],
        label: String? = nil,
        _ message: [UInt8],
        printed: consuming OwnedFileDescriptor?
    ) -> NamespaceError {
        let index = Int(report.instruction)
        guard let detail = StepDetail(rawValue: report.detail & 0xffff),
            let opcode = Opcode(rawValue: report.detail >> 16)
        else { return NamespaceError(.stepFailed, step: "the container's init could not read its plan") }
        // Who starts a container that another process created does not have its plan, but the opcode says enough.
        // What is written to procfs after the start is the program's label.
        let known = opcode == .writeProcFile ? label.map { "give the program the label \($0)" } : nil
        let instruction = plan.indices.contains(index) ? plan[index].description : known ?? opcode.name
        if opcode == .runHook {
            let name = String(decoding: message.dropFirst(Report.size), as: UTF8.self)
            return hookFailure(name, detail, report.errno, printed: printed)
        }
        let errno = Errno(rawValue: CInt(bitPattern: report.errno))
        let cause = SystemCallError(call: detail.call, errno: errno)
        let code: NamespaceError.Code
        switch opcode {
        case .findExecutable, .execute:
            code =
                errno == .noSuchFileOrDirectory || errno == .notDirectory
                ? .executableNotFound : .executableNotPermitted
        default: code = .stepFailed
        }
        return NamespaceError(code, step: "\(instruction)", cause: cause, hint: hint(opcode, detail, errno))
    }

    private static func hint(_ opcode: Opcode, _ detail: StepDetail, _ errno: Errno) -> String? {
        switch (opcode, errno) {
        case (.mountFileSystem, .operationNotSupportedByDevice): "the kernel does not have this file system"
        case (.mountFileSystem, _) where detail == .mknod:
            "devices cannot be copied to a tmpfs without CAP_MKNOD in the host's user namespace; leave out tmpcopyup"
        case (.mountFileSystem, .noSpace): "the file system is too small for a copy of what it hides"
        case (.mountFileSystem, .notPermitted): "this file system may not be mounted in this user namespace"
        case (.setResourceLimit, .notPermitted): "raising a hard limit needs CAP_SYS_RESOURCE"
        case (.writeProcFile, .permissionDenied), (.writeProcFile, .notPermitted):
            "the value may need CAP_SYS_RESOURCE, or a namespace of its own"
        case (.writeProcFile, .noSuchFileOrDirectory) where detail == .write:
            "a profile of AppArmor must be loaded (apparmor_parser) before a container can have it"
        case (.setScheduler, .notPermitted):
            "this policy needs CAP_SYS_NICE on the host, and real-time policies need a control group that has them"
        case (.setScheduler, .resourceBusy): "the kernel cannot guarantee this much time to one more process"
        case (.setIOPriority, .notPermitted): "this class needs CAP_SYS_NICE on the host"
        case (.setMemoryPolicy, .invalidArgument):
            "the nodes may be offline or outside of what the process may use, or the kernel does not have this mode"
        case (.setAffinity, .invalidArgument): "none of these processors is online and in the control group's set"
        case (.newSessionKeyring, Errno(rawValue: 122)): "the user has too many keys (kernel.keys.maxkeys)"
        case (.execute, .noSuchFileOrDirectory):
            "the file exists, but the interpreter that its first line names or its dynamic loader does not"
        case (.execute, Errno(rawValue: CLINUX_ENOEXEC)):
            "the file is for another architecture, or a script without a first line such as #!/bin/sh"
        case (.mountFileSystem, .notDirectory), (.mountFileSystem, .tooManySymbolicLinkLevels):
            "procfs and sysfs must be mounted on ordinary directory: no symbolic link may lead there"
        case (.makeDevice, .fileExists): "something else is at this path in the root file system"
        case (.raiseLoopback, .notPermitted), (.raiseLoopback, .permissionDenied):
            "the caller needs CAP_NET_ADMIN"
        case (.setWorkingDirectory, _) where detail == .notInRoot: "the working directory is outside the root"
        default: nil
        }
    }

    /// The times in a message: pairs of words after the report's four.
    static func times(of message: [UInt8]) -> [UInt64] {
        stride(from: Report.size, to: message.count - 7, by: 8).map { start in
            (0..<8).reduce(UInt64(0)) { $0 | UInt64(message[start + $1]) << (8 * UInt64($1)) }
        }
    }
}
