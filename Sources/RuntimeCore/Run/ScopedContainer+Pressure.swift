// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import OCIRuntime

extension ScopedContainer {
    /// Looks at the container again and again, and does what a policy decides, until its process has ended.
    ///
    /// When the task is cancelled, a container that the policy has frozen goes on. Where the kernel cannot reclaim, that
    /// rung is left out.
    ///
    /// - Parameters:
    ///   - policy: Decides.
    ///   - interval: The time between two looks.
    ///   - onAction: Called after each thing that was done.
    /// - Throws: ``ContainerStoreError``: `unsupported` where the kernel does not count pressure;
    ///   `launchFailed` when it refuses a limit; `CancellationError` when the task is cancelled.
    /// - Note: A hierarchy of version 2, also beside others, with pressure stall information (4.20); reclaiming needs the
    ///   memory controller there and Linux 5.19.
    public func keep(
        _ policy: PressurePolicy,
        every interval: Duration = .seconds(2),
        onAction: (PressurePolicy.Action) -> Void = { _ in }
    ) async throws {
        var policy = policy
        var isFrozen = false
        do {
            for try await statistics in self.statistics(every: interval) {
                guard let look = PressurePolicy.Look(statistics) else {
                    throw ContainerStoreError(
                        .unsupported,
                        "look at the container's pressure: the kernel does not count it",
                        hint: "it takes control groups of version 2, and psi=1 on some kernels' command lines"
                    )
                }
                guard let action = policy.decide(look) else { continue }
                guard try await LaunchThreads.shared.run({ try attempt(action) }) else {
                    policy.reclaimedShare = 0
                    continue
                }
                isFrozen = action == .freeze
                onAction(action)
            }
        } catch {
            // The first error counts; nobody else would let it go on.
            if isFrozen { try? resume() }
            throw error
        }
    }

    /// Does what a policy has decided; `false` when this kernel cannot reclaim.
    private func attempt(_ action: PressurePolicy.Action) throws(ContainerStoreError) -> Bool {
        do throws(ContainerStoreError) { try apply(action) } catch {
            guard case .reclaim = action, error.code == .unsupported else { throw error }
            return false
        }
        return true
    }

    /// Does what a policy has decided.
    ///
    /// - Parameter action: What to do.
    /// - Throws: ``ContainerStoreError``: `unsupported` where the kernel cannot reclaim, else as ``update(_:)``,
    ///   ``pause()``, ``resume()`` and ``kill(signal:)``.
    public func apply(_ action: PressurePolicy.Action) throws(ContainerStoreError) {
        switch action {
        case .grow(let bytes):
            var limits = ContainerLimits()
            limits.memory = Int64(clamping: bytes)
            try update(limits)
        case .reclaim(let bytes):
            _ = try withRuntimeErrors { () throws(RuntimeError) in try container.reclaimMemory(bytes) }
        case .freeze: try pause()
        case .thaw: try resume()
        case .kill: try kill(signal: CLINUX_SIGKILL)
        }
    }
}
