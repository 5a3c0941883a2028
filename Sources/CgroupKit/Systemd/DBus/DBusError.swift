// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

package import LinuxSystem

/// What goes wrong between us and a D-Bus peer.
package enum DBusError: Error, Hashable, Sendable {
    /// The peer has sent what is no D-Bus, or not what was asked for.
    case malformed(String)
    /// The peer has closed the connection.
    case closed
    /// The peer has not let us in.
    case rejected(String)
    /// The time is up.
    case timedOut
    /// The peer has answered with an error: its name, and its words.
    case refused(name: String, message: String)
    /// A system call has failed.
    case callFailed(SystemCallError)
}
