// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
public import SystemPackage

extension Container {
    /// Where the host listens for what the container's process says of its readiness, when the container was created
    /// with ``CreateOptions/offersNotifySocket``: a path for a unix datagram socket that every user may write to.
    public var notifySocket: FilePath {
        runtime.root.appending(id).pushing(StateDirectory.notifyDirectory).appending("notify.sock")
    }
}

extension ContainerConfiguration {
    /// Shows `directory` as `/run/notify`, and tells the process of the socket in it (sd_notify(3)).
    mutating func offerNotifySocket(in directory: FilePath) {
        let place: FilePath = "/run/notify"
        mounts.append(
            ContainerMount(
                .bind(directory, recursive: false),
                at: place,
                set: [.readOnly, .noSetuid, .noDevices, .noExecution]
            )
        )
        process.environment.append(Array("NOTIFY_SOCKET=\(place)/notify.sock".utf8))
    }
}
