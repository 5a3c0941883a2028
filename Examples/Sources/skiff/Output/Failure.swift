// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Glibc
internal import RegistryClient
internal import RuntimeCore

/// Why the program ends without having done what it was told: one line, and an exit status.
struct Failure: Error, CustomStringConvertible {
    /// The exit status of an error of our own.
    static let ownStatus: Int32 = 125
    /// The line; empty when there is nothing to say.
    let description: String
    /// The exit status.
    let status: Int32
    /// Whether the line goes to standard output, as help does.
    private let isHelp: Bool

    init(_ description: String, status: Int32 = Self.ownStatus) {
        self.description = description
        self.status = status
        isHelp = false
    }

    /// What `error` means to the user of `command`.
    init(_ error: any Error, command: String) {
        switch error {
        case let failure as Failure: self = failure
        case let error as ContainerStoreError where error.code == .imageNotFound && error.hint == nil:
            self.init("\(error); 'skiff images' lists what is there, 'skiff pull', 'load' and 'import' add to it")
        case let error as ContainerStoreError: self.init("\(error)", status: Self.status(of: error.code))
        case let error as RuntimeError: self.init("\(error)", status: Self.status(of: error.code))
        case let code as ExitCode: self.init("", status: code.rawValue)
        case let error as RegistryError: self.init("\(error)")
        case is ImageLayoutError, is LayerUnpackError, is SystemCallError, is JSONError, is FormatError,
            is TransportError:
            self.init("\(error)")
        default: self.init(usage: error, command: command)
        }
    }

    /// What is wrong with the command line, or what was asked of the parser.
    private init(usage error: any Error, command: String) {
        let message = SkiffCommand.message(for: error)
        isHelp = SkiffCommand.exitCode(for: error).isSuccess
        status = isHelp ? 0 : Self.ownStatus
        if isHelp {
            description = message
        } else {
            let first = message.split { $0 == "\n" }.first.map(String.init) ?? "cannot read the command line"
            description = "\(Self.uncapitalized(first)); see '\(command) --help'"
        }
    }

    private static func status(of code: ContainerStoreError.Code) -> Int32 {
        switch code {
        case .executableNotFound: 127
        case .executableNotPermitted: 126
        default: ownStatus
        }
    }

    private static func status(of code: RuntimeError.Code) -> Int32 {
        switch code {
        case .executableNotFound: 127
        case .executableNotPermitted: 126
        default: ownStatus
        }
    }

    private static func uncapitalized(_ text: String) -> String {
        let end = text.hasSuffix(".") ? text.dropLast() : text[...]
        return end.prefix(1).lowercased() + end.dropFirst()
    }

    /// What an error number means.
    static func text(of number: CInt) -> String { unsafe String(cString: strerror(number)).lowercased() }

    /// Says it.
    ///
    /// - Returns: The exit status.
    func report() -> Int32 {
        if Supervisor.isActive {
            if !description.isEmpty || status != 0 { Supervisor.report(failure: self) }
        } else if isHelp {
            // Help for nobody.
            try? Output.line(description)
        } else if !description.isEmpty {
            Output.error(description)
        }
        return status
    }
}
