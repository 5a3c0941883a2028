// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import LinuxSystem
internal import NamespaceKit
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
                hint: error.hint
            )
        case .executableNotFound:
            self.init(
                .executableNotFound,
                "execute \(program): executable file not found in $PATH",
                container: container,
                cause: error.cause,
                hint: error.hint
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

    init(_ error: CgroupError, container: String) {
        let refused = error.cause?.errno == .notPermitted || error.cause?.errno == .permissionDenied
        self.init(refused ? .notPermitted : .cgroupFailed, "\(error)", container: container)
    }

    init(_ step: String, _ cause: SystemCallError, container: String? = nil) {
        let refused = cause.errno == .notPermitted || cause.errno == .permissionDenied
        self.init(refused ? .notPermitted : .systemCall, step, container: container, cause: cause)
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
