// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

package import LinuxSystem

extension LaunchedProcess {
    /// A child that another program has made for us, and that runs.
    package init(adopting process: consuming ProcessHandle) throws(SystemCallError) {
        self.init(
            process: process,
            control: try MessageSocket.pair().takeOurs(),
            terminal: nil,
            seccompListener: nil,
            plan: [],
            spawnedAt: 0,
            times: []
        )
    }
}
