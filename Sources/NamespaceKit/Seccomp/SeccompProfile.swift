// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Which system calls a process may make.
///
/// What a profile means is what libseccomp and the runtimes built on it make of it:
///
/// - A rule whose action is the default action has no effect.
/// - A rule without conditions decides for its calls, wherever it stands; of several the first. (libseccomp: "the more
///   specific rule is effectively dropped".)
/// - Otherwise the first rule whose conditions hold decides. libseccomp leaves the order of overlapping rules with
///   different actions undefined; here it is that of ``rules``.
/// - A condition is tested on the whole 64-bit argument on 64-bit architectures, on the low 32 bits on the others.
/// - The calls of an architecture that is neither native nor in ``architectures`` kill the process. x32 is an
///   architecture of its own. Architectures of other machines may be named if they have the byte order of this one;
///   nobody here can make their calls.
/// - If the default action refuses calls, calls with a number above all those the rules name fail with `ENOSYS`
///   instead, as with runc: what the profile's author could not know must look as if the kernel did not have it, or the
///   C library's fallbacks break.
/// - On i386 a rule for a call that can be made through `socketcall` or `ipc` covers that way as well. The arguments
///   lie behind a pointer there, which no filter can follow; so with conditions, a rule that refuses refuses them all,
///   and a rule that allows allows none. A rule for `socketcall` or `ipc` itself, without conditions, overrides it.
public struct SeccompProfile: Hashable, Sendable {
    /// What happens to calls that no rule decides on.
    public var defaultAction: SeccompAction
    /// The architectures whose calls may be made besides the native one.
    public var architectures: [SeccompArchitecture]
    /// Options of the installation.
    public var flags: SeccompFlags
    /// The rules.
    public var rules: [SeccompRule]

    /// Makes a profile.
    public init(
        defaultAction: SeccompAction,
        architectures: [SeccompArchitecture] = [],
        flags: SeccompFlags = [],
        rules: [SeccompRule] = []
    ) {
        self.defaultAction = defaultAction
        self.architectures = architectures
        self.flags = flags
        self.rules = rules
    }

    /// Translates the profile to a program for the kernel.
    ///
    /// Needs no privilege and no library, and makes no system call.
    ///
    /// - Parameter native: The architecture of the process that will install the program.
    /// - Returns: The program, with what there is to know for its installation.
    /// - Throws: ``SeccompError``: `unsupportedArchitecture`; `argumentIndexOutOfRange`; `notifyByDefault`;
    ///   `programTooLong` above 4096 instructions.
    public func compile(for native: SeccompArchitecture = .native) throws(SeccompError) -> SeccompProgram {
        var compiler = try SeccompCompiler(self, native: native)
        return try compiler.program()
    }
}
