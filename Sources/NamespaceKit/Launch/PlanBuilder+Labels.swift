// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import SystemPackage

/// What is written to files of a procfs about the process itself: labels of security modules, the score of the
/// out-of-memory killer.
extension PlanBuilder {
    /// How a file system gets its SELinux context.
    enum Labelling {
        /// It keeps its own, or gets none.
        case none
        /// By this option, when it is made.
        case option([UInt8])
        /// By this attribute of its root, when it is mounted.
        case attribute([UInt8])
    }

    /// The label of the process's session keyring and of its program, as attributes of procfs.
    private var labels: [(path: String, value: [UInt8])] {
        get throws(NamespaceError) {
            var labels: [(String, [UInt8])] = []
            let process = configuration.process
            if let profile = appArmorProfile {
                switch modules.appArmor {
                case .own: labels.append(("self/attr/apparmor/exec", Array("exec ".utf8) + profile))
                case .shared: labels.append(("self/attr/exec", Array("exec ".utf8) + profile))
                case nil: throw missing("AppArmor", "profile", profile)
                }
            }
            if let context = process.seLinuxContext {
                guard modules.seLinux else { throw missing("SELinux", "context", context) }
                labels.append(("self/attr/exec", context))
            }
            return labels
        }
    }

    /// Finds a context of the container's mounts that nothing here could give them.
    ///
    /// - Throws: ``NamespaceError`` when there is one, and SELinux is not in use.
    func checkMountContext() throws(NamespaceError) {
        guard let context = configuration.mountContext, !modules.seLinux else { return }
        throw missing("SELinux", "context", context)
    }

    /// How a new file system gets the context of the container's mounts.
    ///
    /// - Parameters:
    ///   - type: The file system's type.
    ///   - options: Its own options. One with a context is left alone.
    /// - Returns: How it is labelled.
    func labelling(of type: String, options: [[UInt8]]) -> Labelling {
        guard let context = configuration.mountContext, !options.contains(where: Self.isContext) else { return .none }
        switch type {
        case "proc", "sysfs", "cgroup", "cgroup2": return .none
        // Its superblock comes into being with the IPC namespace, and takes no context any more.
        case "mqueue": return .attribute(context)
        default: return .option(Array("context=".utf8) + context)
        }
    }

    /// The options of a new file system, with the one that labels it where that is how it is labelled.
    ///
    /// - Parameters:
    ///   - options: Its own options.
    ///   - type: Its type.
    /// - Returns: All its options.
    func labelled(_ options: [[UInt8]], of type: String) -> [[UInt8]] {
        guard case .option(let context) = labelling(of: type, options: options) else { return options }
        return options + [context]
    }

    private static func isContext(_ option: [UInt8]) -> Bool {
        ["context=", "fscontext=", "defcontext=", "rootcontext="].contains { option.starts(with: $0.utf8) }
    }

    /// The profile to apply. Where AppArmor is not in use, everything is unconfined.
    private var appArmorProfile: [UInt8]? {
        guard let profile = configuration.process.appArmorProfile, !profile.isEmpty else { return nil }
        return profile == Array("unconfined".utf8) && modules.appArmor == nil ? nil : profile
    }

    private var modules: SecurityModules { options.securityModules ?? .detect() }

    private func missing(_ module: String, _ kind: String, _ value: [UInt8]) -> NamespaceError {
        NamespaceError(
            .unsupported,
            step: "apply \(module) \(kind) \(String(decoding: value, as: UTF8.self)): \(module) is not in use here",
            hint: "leave the \(kind) out, or use a kernel that was started with \(module)"
        )
    }

    /// Opens the procfs that later steps write to, if any does.
    ///
    /// It is one of our own, since the host's may have parts that are read-only or covered, but where the kernel would
    /// not allow that: without privilege, and in a user namespace, where a procfs may not show more than what is there.
    ///
    /// - Parameter isJoining: Whether a process is added, which writes its score itself before it enters a user
    ///   namespace. The first process of a new one has it from the host.
    /// - Throws: ``NamespaceError`` when the host's procfs is needed and cannot be opened.
    mutating func addProc(isJoining: Bool = false) throws(NamespaceError) {
        let process = configuration.process
        let writesLabels = appArmorProfile != nil || process.seLinuxContext != nil
        let writesScore = process.oomScoreAdjustment != nil && (isJoining || configuration.namespaces.user != .new)
        guard writesLabels || writesScore || !configuration.sysctls.isEmpty else { return }
        if configuration.namespaces.user == .host && options.opensSourcesOnHost {
            add(.openProc(slot: .max))
            return
        }
        do throws(SystemCallError) {
            let proc = try OwnedFileDescriptor.open("/proc", CLINUX_O_PATH | CLINUX_O_DIRECTORY)
            guard try proc.fileSystemType() == 0x9fa0 else {
                throw SystemCallError(call: "fstatfs", path: "/proc", errno: .invalidArgument)
            }
            add(.openProc(slot: launch.add(SharedDescriptor(proc))))
        } catch { throw NamespaceError("open the host's procfs", error) }
    }

    /// The score as text, checked.
    func outOfMemoryScore() throws(NamespaceError) -> [UInt8]? {
        guard let adjustment = configuration.process.oomScoreAdjustment else { return nil }
        guard (-1000...1000).contains(adjustment) else {
            throw invalid("oom score adjustment is not in -1000...1000")
        }
        return Array(String(adjustment).utf8)
    }

    /// Sets the score while the process has the rights of the host.
    mutating func addOutOfMemoryScore() throws(NamespaceError) {
        guard let score = try outOfMemoryScore() else { return }
        add(.writeProcFile(path: Array("self/oom_score_adj".utf8), value: score))
    }

    /// Labels what `execve` makes.
    mutating func addLabels() throws(NamespaceError) {
        for label in try labels { add(.writeProcFile(path: Array(label.path.utf8), value: label.value)) }
    }

    /// A session keyring, labelled as the process.
    mutating func addSessionKeyring(permissions: UInt32) {
        guard let keyring = configuration.sessionKeyring else { return }
        let attribute = Array("self/attr/keycreate".utf8)
        let context = configuration.process.seLinuxContext
        if let context { add(.writeProcFile(path: attribute, value: context)) }
        add(.newSessionKeyring(name: keyring, permissions: permissions))
        if context != nil { add(.writeProcFile(path: attribute, value: [])) }
    }

    /// Where the process may run, now that it is in its control group.
    mutating func addAffinity() {
        launch.initialAffinity = configuration.process.initialAffinity?.mask.bytes
        switch configuration.process.affinity {
        case .inherited: return
        case .all: add(.setAffinity(mask: []))
        case .only(let processors): add(.setAffinity(mask: processors.mask.bytes))
        }
    }
}
