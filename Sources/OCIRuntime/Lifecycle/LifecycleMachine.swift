// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The life of a container as a machine without I/O: it says what an operation means in a state.
///
/// OCI runtime-spec 1.3, runtime.md, "Lifecycle" and "Operations".
package struct LifecycleMachine: Hashable, Sendable {
    /// What is asked for.
    package enum Operation: Hashable, Sendable {
        case start, kill, pause, resume, exec, checkpoint, update, delete(force: Bool)
    }

    /// What is to be done.
    package enum Action: Hashable, Sendable {
        /// Go ahead.
        case proceed
        /// End the processes first, then go ahead.
        case endFirst
        /// Refuse with these words.
        case refuse(String)
    }

    /// How far the container is.
    package let status: ContainerRecord.Status

    /// Makes the machine of a container that is this far.
    package init(status: ContainerRecord.Status) { self.status = status }

    /// What `operation` means now. The words are those that callers of runc match on.
    package func action(for operation: Operation) -> Action {
        switch (operation, status) {
        case (.start, .created): .proceed
        case (.start, .stopped): .refuse("cannot start a container that has stopped")
        case (.start, .running), (.start, .paused): .refuse("cannot start an already running container")
        case (.start, .creating): .refuse("cannot start a container that is being created")
        case (.kill, .created), (.kill, .running), (.kill, .paused): .proceed
        case (.kill, _): .refuse("container not running")
        case (.pause, .running), (.pause, .created): .proceed
        case (.pause, .paused): .refuse("container is already paused")
        case (.pause, _): .refuse("container not running")
        case (.resume, .paused): .proceed
        case (.resume, _): .refuse("container not paused")
        case (.exec, .running): .proceed
        case (.exec, .created): .proceed
        case (.exec, .paused): .refuse("cannot exec in a paused container (use --ignore-paused to override)")
        case (.exec, _): .refuse("cannot exec in a stopped container: container not running")
        case (.update, .created), (.update, .running), (.update, .paused): .proceed
        case (.update, _): .refuse("container not running")
        case (.checkpoint, .running), (.checkpoint, .paused): .proceed
        case (.checkpoint, _): .refuse("container cannot be checkpointed in \(status.rawValue) state")
        case (.delete, .stopped): .proceed
        case (.delete(force: true), _): .endFirst
        case (.delete(force: false), .created): .endFirst
        case (.delete(force: false), _):
            .refuse("cannot delete container that is not stopped: \(status.rawValue)")
        }
    }
}
