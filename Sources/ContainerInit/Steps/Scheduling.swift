// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    /// What the kernel takes into account when it gives the process processors, memory and devices.
    func executeScheduling(_ instruction: MappedInstruction) throws(StepError) {
        switch instruction {
        case .setPersonality(let persona): try check(clinux_personality(UInt(persona)), .personality)
        case .setScheduler(let policy, let flags, let nice, let priority, let runtime, let deadline, let period):
            var attributes = clinux_sched_attr()
            attributes.size = UInt32(MemoryLayout<clinux_sched_attr>.size)
            attributes.policy = policy
            attributes.flags = flags
            attributes.nice = Int32(bitPattern: nice)
            attributes.priority = priority
            attributes.runtime = runtime
            attributes.deadline = deadline
            attributes.period = period
            unsafe try check(clinux_sched_setattr(0, &attributes), .schedSetattr)
        case .setIOPriority(let priority):
            try check(clinux_ioprio_set(CLINUX_IOPRIO_WHO_PGRP, 0, CInt(bitPattern: priority)), .ioprioSet)
        case .setMemoryPolicy(let mode, let nodes):
            // The kernel takes one bit less than it is told.
            let bits = UInt(nodes.count) * 8 + 1
            unsafe try check(clinux_set_mempolicy(CInt(bitPattern: mode), reader.pointer(nodes), bits), .setMempolicy)
        case .setAffinity(let mask): try setAffinity(mask)
        default: throw StepError(CLINUX_EPROTO, .plan)
        }
    }

    private func setAffinity(_ mask: MappedText) throws(StepError) {
        if mask.count > 0 {
            unsafe try check(clinux_sched_setaffinity(0, mask.count, reader.pointer(mask)), .schedSetaffinity)
            return
        }
        // 8192 processors: the most that a kernel for x86_64 can be built for.
        for index in 0..<1024 { unsafe scratch[index] = 0xff }
        // Nobody asked for this; where it is refused, the host's processors stay.
        _ = unsafe clinux_sched_setaffinity(0, 1024, scratch)
    }
}
