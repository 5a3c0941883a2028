// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Synchronization

/// Programs that were compiled before, found by a digest of their profile.
///
/// A process that launches many containers with one profile compiles it once. The least recently used program is
/// dropped when there are too many. Any thread may use it.
public final class SeccompProgramCache: Sendable {
    /// The cache of this process.
    public static let shared = SeccompProgramCache()

    /// The most programs that are kept.
    public let capacity: Int
    private let state = Mutex(State())

    private struct State {
        /// The oldest first.
        var entries: [Entry] = []
    }

    /// The digest finds an entry; the profile, compared as a whole, decides.
    private struct Entry {
        let digest: Int
        let profile: SeccompProfile
        let native: SeccompArchitecture
        let program: SeccompProgram
    }

    /// Makes an empty cache.
    ///
    /// - Parameter capacity: The most programs that are kept, at least one.
    public init(capacity: Int = 32) { self.capacity = max(1, capacity) }

    /// How many programs there are.
    public var count: Int { state.withLock { $0.entries.count } }

    /// The program of a profile, compiled unless it is there.
    ///
    /// Threads that ask for the same new profile at once may each compile it; they get equal programs.
    ///
    /// - Parameters:
    ///   - profile: The profile.
    ///   - native: The architecture of the process that will install the program.
    /// - Returns: What compiling the profile gives.
    /// - Throws: ``SeccompError`` as ``SeccompProfile/compile(for:)``. A failure is not kept.
    public func program(
        of profile: SeccompProfile,
        for native: SeccompArchitecture = .native
    ) throws(SeccompError) -> SeccompProgram {
        var hasher = Hasher()
        hasher.combine(profile)
        hasher.combine(native)
        let digest = hasher.finalize()
        if let known = find(digest, profile, native) { return known }
        let program = try profile.compile(for: native)
        state.withLock { state in
            if state.entries.count == capacity { state.entries.removeFirst() }
            state.entries.append(Entry(digest: digest, profile: profile, native: native, program: program))
        }
        return program
    }

    private func find(_ digest: Int, _ profile: SeccompProfile, _ native: SeccompArchitecture) -> SeccompProgram? {
        state.withLock { state in
            let place = state.entries.firstIndex {
                $0.digest == digest && $0.native == native && $0.profile == profile
            }
            guard let place else { return nil }
            let entry = state.entries.remove(at: place)
            state.entries.append(entry)
            return entry.program
        }
    }
}
