// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import OCIRuntime
import Testing

@Suite("The life cycle") struct LifecycleMachineTests {
    @Test(
        "lets a container be started once, when it is created",
        .rows("F-15"),
        arguments: ContainerRecord.Status.allCases
    )
    func start(status: ContainerRecord.Status) {
        let action = LifecycleMachine(status: status).action(for: .start)
        #expect((action == .proceed) == (status == .created))
    }

    @Test(
        "refuses to signal what does not run, with runc's words",
        arguments: [ContainerRecord.Status.stopped, .creating]
    )
    func kill(status: ContainerRecord.Status) {
        #expect(LifecycleMachine(status: status).action(for: .kill) == .refuse("container not running"))
    }

    @Test("deletes a running container only by force")
    func delete() {
        #expect(
            LifecycleMachine(status: .running).action(for: .delete(force: false))
                == .refuse("cannot delete container that is not stopped: running")
        )
        #expect(LifecycleMachine(status: .running).action(for: .delete(force: true)) == .endFirst)
        #expect(LifecycleMachine(status: .created).action(for: .delete(force: false)) == .endFirst)
        #expect(LifecycleMachine(status: .stopped).action(for: .delete(force: false)) == .proceed)
    }

    @Test("resumes what is paused and nothing else", arguments: ContainerRecord.Status.allCases)
    func resume(status: ContainerRecord.Status) {
        #expect((LifecycleMachine(status: status).action(for: .resume) == .proceed) == (status == .paused))
    }
}
