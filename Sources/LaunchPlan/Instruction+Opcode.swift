// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Instruction {
    /// The step's number in the encoded plan.
    package var opcode: Opcode {
        switch self {
        case .dieWithParent: .dieWithParent
        case .hide: .hide
        case .joinNamespaces: .joinNamespaces
        case .unshare: .unshare
        case .awaitHost: .awaitHost
        case .awaitPlacement: .awaitPlacement
        case .becomeRoot: .becomeRoot
        case .continueInChild: .continueInChild
        case .newSession: .newSession
        case .setPropagation: .setPropagation
        case .attachRoot: .attachRoot
        case .mountFileSystem: .mountFileSystem
        case .bindMount: .bindMount
        case .setMountAttributes: .setMountAttributes
        case .reconfigure: .reconfigure
        case .makeDevice: .makeDevice
        case .makeDirectory: .makeDirectory
        case .makeSymlink: .makeSymlink
        case .setContext: .setContext
        case .prepareMasks: .prepareMasks
        case .mask: .mask
        case .makeReadOnly: .makeReadOnly
        case .pivotRoot: .pivotRoot
        case .holdRoot: .holdRoot
        case .detachMount: .detachMount
        case .enterRoot: .enterRoot
        case .setHostname: .setHostname
        case .setDomainname: .setDomainname
        case .openProc: .openProc
        case .writeProcFile: .writeProcFile
        case .raiseLoopback: .raiseLoopback
        case .setResourceLimit: .setResourceLimit
        case .setPersonality: .setPersonality
        case .newSessionKeyring: .newSessionKeyring
        case .setScheduler: .setScheduler
        case .setIOPriority: .setIOPriority
        case .setMemoryPolicy: .setMemoryPolicy
        case .setAffinity: .setAffinity
        case .enterDirectory: .enterDirectory
        case .openTerminal: .openTerminal
        case .setUmask: .setUmask
        case .dropBoundingSet: .dropBoundingSet
        case .setUser: .setUser
        case .setCapabilities: .setCapabilities
        case .setNoNewPrivileges: .setNoNewPrivileges
        case .setWorkingDirectory: .setWorkingDirectory
        case .findHome: .findHome
        case .ownStreams: .ownStreams
        case .installSeccomp: .installSeccomp
        case .runHook: .runHook
        case .findExecutable: .findExecutable
        case .awaitStart: .awaitStart
        case .closeDescriptors: .closeDescriptors
        case .prepareProgram: .prepareProgram
        case .announce: .announce
        case .execute: .execute
        case .awaitPlan: .awaitPlan
        case .placeDescriptors: .placeDescriptors
        }
    }
}
