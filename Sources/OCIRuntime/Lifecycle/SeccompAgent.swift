// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// Hands the listener of a process's filter to the agent that answers for it.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "The Container Process State".
struct SeccompAgent: Sendable {
    /// The agent's listening socket.
    let path: FilePath
    /// The `listenerMetadata` of the configuration.
    let metadata: String?

    /// The agent of a configuration; `nil` when it names none.
    init?(_ section: LinuxSeccomp?) {
        guard let path = section?.listenerPath, !path.utf8.isEmpty else { return nil }
        self.path = FilePath(path)
        metadata = section?.listenerMetadata
    }

    /// Sends the listener and what the agent has to know about the process: one connection, the descriptor with the
    /// first bytes.
    ///
    /// - Parameters:
    ///   - listener: The listener.
    ///   - processID: The process, as this process sees it.
    ///   - state: The container's state.
    /// - Throws: ``RuntimeError``: `systemCall` when the agent cannot be reached.
    func send(
        _ listener: borrowing OwnedFileDescriptor,
        processID: Int32,
        state: ContainerState
    ) throws(RuntimeError) {
        let document = ContainerProcessState(
            ociVersion: Runtime.specificationVersion,
            fds: ["seccompFd"],
            pid: Int(processID),
            metadata: metadata,
            state: state
        )
        let socket: StreamSocket
        do throws(SystemCallError) { socket = try StreamSocket.connect(to: path) } catch {
            throw RuntimeError(
                .systemCall,
                "failed to connect with seccomp agent at \(path)",
                container: state.id,
                cause: error,
                hint: "linux.seccomp.listenerPath must be the socket of a running agent"
            )
        }
        do throws(SystemCallError) { try socket.send(document.json(), passing: listener) } catch {
            throw RuntimeError("send the seccomp listener to the agent at \(path)", error, container: state.id)
        }
    }
}
