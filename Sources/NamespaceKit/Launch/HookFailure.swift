// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
package import LinuxSystem
internal import SystemPackage

/// How a hook failed, in words: `error running createRuntime hook #1: exit status 2: no route to host`. Callers of runc
/// match on the front part.
package enum HookFailure {
    /// The most bytes of a hook's output that an error repeats.
    static let outputLimit = 2048

    /// The error of the hook called `name`.
    ///
    /// - Parameters:
    ///   - name: Its point and its place, for example `createRuntime hook #1`.
    ///   - problem: What happened.
    ///   - printed: What it has printed; the end counts.
    /// - Returns: One line.
    package static func text(_ name: String, _ problem: String, printed: borrowing OwnedFileDescriptor) -> String {
        var text = "error running \(name): \(problem)"
        let output = tail(of: printed)
        if !output.isEmpty { text += ": \(output)" }
        return text
    }

    /// The end of a signalled hook, in words that callers of runc know, for example `bad system call`.
    package static func words(signal: Int32) -> String {
        signal == 31 ? "killed by signal 31 (bad system call)" : "killed by signal \(signal)"
    }

    private static func tail(of file: borrowing OwnedFileDescriptor) -> String {
        var bytes = [UInt8](repeating: 0, count: outputLimit)
        let number = file.rawValue
        let size = clinux_lseek(number, 0, CLINUX_SEEK_END)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe clinux_pread(number, $0.baseAddress, $0.count, Int64(max(0, size - outputLimit)))
        }
        // Output that cannot be read is not worth an error of its own.
        guard count > 0 else { return "" }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.joined(separator: "; ")
    }
}

extension Launcher {
    /// The error that the report of a failed hook means.
    static func hookFailure(
        _ name: String,
        _ detail: StepDetail,
        _ number: UInt32,
        printed: consuming OwnedFileDescriptor?
    ) -> NamespaceError {
        let value = Int32(bitPattern: number)
        let problem: String
        switch detail {
        case .hookStatus: problem = "exit status \(value)"
        case .hookSignal: problem = HookFailure.words(signal: value)
        case .hookTimeout: problem = "timed out after \(value) s and was killed"
        default:
            let cause = SystemCallError(call: detail.call, errno: Errno(rawValue: value))
            return NamespaceError(.hookFailed, step: "error running \(name)", cause: cause)
        }
        guard let printed else { return NamespaceError(.hookFailed, step: "error running \(name): \(problem)") }
        return NamespaceError(.hookFailed, step: HookFailure.text(name, problem, printed: printed))
    }
}
