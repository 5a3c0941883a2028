// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LaunchPlan
package import LinuxSystem
internal import SystemPackage

/// A configuration turned into what the launcher needs: the plan, the descriptors it refers to, the clone flags.
package struct PreparedLaunch: Sendable {
    /// The steps, in order.
    package var instructions: [HostInstruction] = []
    /// What the plan's slots refer to.
    package var slots: [SharedDescriptor] = []
    /// Flags of new namespaces that `clone3` makes.
    package var cloneFlags: UInt32 = 0
    /// The user namespace's maps, which the host writes when the init asks to be placed.
    package var mappings: Mappings?
    /// The clocks of the new time namespace, which the host sets when the init asks for it.
    package var clockOffsets: [ClockOffset] = []
    /// The score of the out-of-memory killer, which the host sets when the init asks to be placed: inside a new user
    /// namespace nobody may lower it.
    package var oomScoreAdjustment: [UInt8]?
    /// The processors that the launching thread is on during the launch, as a bit mask.
    package var initialAffinity: [UInt8]?
    /// The devices that the host moves into the network namespace when the init asks for it.
    package var networkDevices: [NetworkDevice] = []
    /// Whether the host puts the process into its control groups as soon as it is there, while the init goes on until it
    /// needs to be in them.
    package var isPlacedAtOnce = false
    /// Whether the init asks for the host's hooks.
    package var awaitsHooks = false
    /// The number of the first slot: before it come those of the program's own descriptors, in the rest of a plan.
    var firstSlot: UInt32 = 0

    /// Makes a launch of these steps, in the host's namespaces unless a step leaves them.
    package init(instructions: [HostInstruction] = []) { self.instructions = instructions }

    /// The maps of a new user namespace.
    package struct Mappings: Hashable, Sendable {
        package var uid: [IDMapping]
        package var gid: [IDMapping]

        package init(uid: [IDMapping], gid: [IDMapping]) {
            self.uid = uid
            self.gid = gid
        }
    }

    /// The point where the host places the process.
    package static let placementPoint: UInt32 = 0
    /// The point where the host runs its hooks.
    package static let hooksPoint: UInt32 = 1
    /// The point where the host sets the clocks of a new time namespace that nobody is in yet.
    package static let clocksPoint: UInt32 = 2
    /// The point where the host moves network devices.
    package static let devicesPoint: UInt32 = 3
    /// The slot that stands for the control socket.
    package static let controlSlot = UInt32.max

    /// Adds a descriptor and returns its slot.
    mutating func add(_ descriptor: SharedDescriptor) -> UInt32 {
        slots.append(descriptor)
        return firstSlot + UInt32(slots.count - 1)
    }
}
