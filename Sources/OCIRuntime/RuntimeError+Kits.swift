// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import LinuxSystem
internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

/// Errors of the kits, said in terms of a container.
extension RuntimeError {
    /// What a launch has thrown; `program` is `process.args[0]`, to name it in the error.
    init(_ error: NamespaceError, container: String, program: String = "") {
        switch error.code {
        case .executableNotFound where program.contains("/") || program.isEmpty:
            self.init(
                .executableNotFound,
                "execute \(program)",
                container: container,
                cause: error.cause,
                hint: error.hint ?? Self.wordsHint(program)
            )
        case .executableNotFound:
            self.init(
                .executableNotFound,
                "execute \(program): executable file not found in $PATH",
                container: container,
                cause: error.cause,
                hint: error.hint ?? Self.wordsHint(program)
            )
        case .executableNotPermitted:
            self.init(
                .executableNotPermitted,
                "execute \(program)",
                container: container,
                cause: error.cause,
                hint: error.hint
            )
        case .hookFailed:
            self.init(.hookFailed, error.step, container: container, cause: error.cause, hint: error.hint)
        case .unsupported:
            self.init(.unsupported, error.step, container: container, cause: error.cause, hint: error.hint)
        case .invalidConfiguration:
            self.init(.invalidConfiguration, error.step, container: container, cause: error.cause, hint: error.hint)
        default:
            let refused = error.cause?.errno == .notPermitted || error.cause?.errno == .permissionDenied
            self.init(
                refused ? .notPermitted : .launchFailed,
                error.step,
                container: container,
                cause: error.cause,
                hint: error.hint
            )
        }
    }

    /// What a program that is not there and has a space in its name usually means.
    private static func wordsHint(_ program: String) -> String? {
        program.contains(" ")
            ? "its name has a space in it: give the program and each argument as words of their own" : nil
    }

    init(_ error: CgroupError, container: String) {
        let refused = error.cause?.errno == .notPermitted || error.cause?.errno == .permissionDenied
        self.init(refused ? .notPermitted : .cgroupFailed, "\(error)", container: container)
    }

    init(_ step: String, _ cause: SystemCallError, container: String? = nil) {
        let refused = cause.errno == .notPermitted || cause.errno == .permissionDenied
        self.init(refused ? .notPermitted : .systemCall, step, container: container, cause: cause)
    }

    /// This error, with what the container's processors have to do with it: where a process may not use all of them, the
    /// kernel refuses it a deadline (sched_setattr(2)).
    func explained(by cpu: LinuxCPU?) -> RuntimeError {
        guard cause?.call == "sched_setattr", cause?.errno == .notPermitted, cpu?.cpus.nonEmptyBytes != nil else {
            return self
        }
        let words = "process scheduler can't be used together with AllowedCPUs"
        return RuntimeError(code, step, container: container, cause: cause, hint: words)
    }

    /// Any error that came through a closure, said in terms of a container.
    init(any error: any Error, container: String, program: String = "") {
        switch error {
        case let error as RuntimeError: self = error
        case let error as NamespaceError: self.init(error, container: container, program: program)
        case let error as CgroupError: self.init(error, container: container)
        case let error as SystemCallError: self.init("launch", error, container: container)
        default: self.init(.launchFailed, "\(error)", container: container)
        }
    }
}
