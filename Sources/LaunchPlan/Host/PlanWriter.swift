// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Encodes a plan for the init.
package struct PlanWriter {
    private var bytes: [UInt8] = []

    /// Encodes a plan.
    ///
    /// - Parameters:
    ///   - instructions: The plan.
    ///   - recordsTimes: Whether the init reports the time after each instruction.
    /// - Returns: The bytes that the init maps.
    package static func encode(_ instructions: [HostInstruction], recordsTimes: Bool = false) -> [UInt8] {
        var writer = PlanWriter()
        writer.bytes.reserveCapacity(4096)
        writer.word(PlanHeader.magic)
        writer.word(PlanHeader.version)
        writer.word(recordsTimes ? PlanHeader.recordsTimes : 0)
        writer.word(UInt32(instructions.count))
        for instruction in instructions { writer.append(instruction) }
        return writer.bytes
    }

    private mutating func append(_ instruction: HostInstruction) {
        word(instruction.opcode.rawValue)
        let lengthAt = bytes.count
        word(0)
        payload(instruction)
        let length = UInt32(bytes.count - lengthAt - 4)
        for index in 0..<4 { bytes[lengthAt + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
    }

    private mutating func payload(_ instruction: HostInstruction) {
        switch instruction {
        case .hide, .awaitPlacement, .becomeRoot, .continueInChild, .newSession, .pivotRoot, .enterRoot, .raiseLoopback,
            .setNoNewPrivileges, .announce, .execute, .awaitPlan:
            break
        case .dieWithParent(let value), .unshare(let value), .awaitHost(let value), .setUmask(let value),
            .awaitStart(let value), .closeDescriptors(let value), .openProc(let value), .setIOPriority(let value),
            .enterDirectory(let value), .findHome(let value):
            integers(UInt64(value))
        case .joinNamespaces(let slot, let flags): integers(UInt64(slot), UInt64(flags))
        case .placeDescriptors(let first, let count): integers(UInt64(first), UInt64(count))
        case .ownStreams(let uid, let hasTerminal): integers(UInt64(uid), UInt64(hasTerminal))
        case .setPropagation(let value), .setPersonality(let value), .dropBoundingSet(let value): integers(value)
        case .setResourceLimit(let resource, let soft, let hard): integers(UInt64(resource), soft, hard)
        case .setCapabilities(let effective, let permitted, let inheritable, let ambient):
            integers(effective, permitted, inheritable, ambient)
        case .openTerminal(let rows, let columns, let bind): integers(UInt64(rows), UInt64(columns), UInt64(bind))
        case .setHostname(let value), .setDomainname(let value), .setAffinity(let value), .mask(let value),
            .makeReadOnly(let value), .detachMount(let value):
            text(value)
        default: compoundPayload(instruction)
        }
    }

    private mutating func compoundPayload(_ instruction: HostInstruction) {
        switch instruction {
        case .holdRoot(let source, let attributes):
            tree(source)
            self.attributes(attributes)
        case .attachRoot(let source, let attributes, let place):
            tree(source)
            self.attributes(attributes)
            text(place)
        case .mountFileSystem(let type, let options, let target, let attributes, let inheritance):
            text(type)
            list(options)
            self.target(target)
            self.attributes(attributes)
            integers(UInt64(inheritance.rawValue))
        case .bindMount(let source, let target, let attributes):
            tree(source)
            self.target(target)
            self.attributes(attributes)
        case .setMountAttributes(let path, let attributes):
            text(path)
            self.attributes(attributes)
        case .reconfigure(let path, let options):
            text(path)
            list(options)
        case .makeDevice(let path, let mode, let major, let minor, let uid, let gid):
            text(path)
            integers(UInt64(mode), UInt64(major), UInt64(minor), UInt64(uid), UInt64(gid))
        case .makeDirectory(let path, let mode):
            text(path)
            integers(UInt64(mode))
        case .setWorkingDirectory(let path, let mayBeDenied):
            text(path)
            integers(UInt64(mayBeDenied))
        case .makeSymlink(let path, let destination):
            text(path)
            text(destination)
        case .writeProcFile(let path, let value), .setContext(let path, let value):
            text(path)
            text(value)
        case .prepareMasks(let options): list(options)
        case .newSessionKeyring(let name, let permissions):
            text(name)
            integers(UInt64(permissions))
        case .setScheduler(let policy, let flags, let nice, let priority, let runtime, let deadline, let period):
            integers(UInt64(policy), flags, UInt64(nice), UInt64(priority), runtime, deadline, period)
        case .setMemoryPolicy(let mode, let nodes):
            integers(UInt64(mode))
            text(nodes)
        case .setUser(let uid, let gid, let groups, let setGroups):
            integers(UInt64(uid), UInt64(gid), UInt64(setGroups))
            text(groups)
        case .installSeccomp(let filter, let flags):
            integers(UInt64(flags))
            text(filter)
        case .runHook(let name, let path, let arguments, let environment, let input, let tail, let timeout, let home):
            text(name)
            text(path)
            list(arguments)
            list(environment)
            text(input)
            text(tail)
            integers(UInt64(timeout), UInt64(home))
        case .findExecutable(let candidates): list(candidates)
        case .prepareProgram(let arguments, let environment):
            list(arguments)
            list(environment)
        default: break
        }
    }

    private mutating func word(_ value: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private mutating func integers(_ values: UInt64...) {
        for value in values {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
    }

    private mutating func text(_ value: [UInt8]) {
        word(UInt32(value.count))
        bytes.append(contentsOf: value)
        bytes.append(0)
    }

    private mutating func list(_ values: [[UInt8]]) {
        word(UInt32(values.count))
        for value in values { text(value) }
    }

    private mutating func tree(_ source: HostTreeSource) {
        switch source {
        case .path(let path, let recursive):
            integers(recursive ? 1 : 0)
            text(path)
        case .slot(let slot): integers(2, UInt64(slot))
        }
    }

    private mutating func target(_ target: HostMountTarget) {
        integers(UInt64(target.kind.rawValue))
        text(target.path)
    }

    private mutating func attributes(_ attributes: MountAttributes) {
        integers(
            attributes.set,
            attributes.clear,
            attributes.recursiveSet,
            attributes.recursiveClear,
            attributes.propagation,
            attributes.recursivePropagation
        )
    }
}
