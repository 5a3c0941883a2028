// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LaunchPlan

/// A limit on what one process may use (getrlimit(2)).
public struct ResourceLimit: Hashable, Sendable {
    /// The resources.
    public enum Resource: UInt32, CaseIterable, Hashable, Sendable {
        case cpu = 0, fileSize, data, stack, core, residentSet, processes, openFiles, lockedMemory, addressSpace, locks,
            pendingSignals, messageQueue, nice, realtimePriority, realtimeTime

        /// The kernel's name, for example `RLIMIT_NOFILE`.
        public var name: String { ResourceName.of(rawValue) }

        /// Finds a resource by the kernel's name.
        public init?(name: String) {
            guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = found
        }
    }

    /// What is limited.
    public var resource: Resource
    /// The limit in force; `UInt64.max` is none.
    public var soft: UInt64
    /// How far the process may raise the soft one; `UInt64.max` is no limit.
    public var hard: UInt64

    /// Makes a limit.
    public init(_ resource: Resource, soft: UInt64, hard: UInt64) {
        self.resource = resource
        self.soft = soft
        self.hard = hard
    }
}
