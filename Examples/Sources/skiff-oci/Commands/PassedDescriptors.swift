// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import LinuxSystem

/// Descriptors from 3 on that the caller passes to the process in the container.
struct PassedDescriptors: Sendable {
    /// The descriptors, in order.
    let descriptors: [SharedDescriptor]
    /// What tells the process about sockets of systemd's protocol (sd_listen_fds(3)).
    let environment: [String]

    /// Takes the descriptors over. Called before this process opens anything that could get one of their numbers.
    ///
    /// - Parameters:
    ///   - preserved: How many there are beside those of `$LISTEN_FDS`.
    ///   - listening: Whether those of `$LISTEN_FDS` are passed at all.
    /// - Throws: ``ProgramError`` when one of them is not open.
    init(preserved: Int, listening: Bool) throws(ProgramError) {
        let sockets = listening ? Self.listeningCount : 0
        guard preserved <= 4096 else { throw ProgramError("--preserve-fds \(preserved): too many") }
        var descriptors: [SharedDescriptor] = []
        for number in 3..<(3 + CInt(sockets + preserved)) {
            guard fcntl(number, F_GETFD) >= 0 else {
                throw ProgramError(
                    "descriptor \(number) is to be passed on (--preserve-fds, LISTEN_FDS) and is not open"
                )
            }
            descriptors.append(SharedDescriptor(OwnedFileDescriptor(takingOver: number)))
        }
        self.descriptors = descriptors
        environment = sockets == 0 ? [] : ["LISTEN_FDS=\(sockets)", "LISTEN_PID=1"]
    }

    /// The sockets that systemd, or who speaks its protocol, passes to this very process.
    private static var listeningCount: Int {
        guard let count = Environment.value(of: "LISTEN_FDS").flatMap({ Int($0) }), (1...4096).contains(count) else {
            return 0
        }
        return Environment.value(of: "LISTEN_PID").map { $0 == "\(getpid())" } == false ? 0 : count
    }
}
