// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCIRuntime

/// What may be asked about one id.
enum Operation: CaseIterable, Hashable, Sendable {
    case create, start, kill, pause, resume, exec, state, delete, forcedDelete
}

/// What was answered: it is done, a container is in a state, or why not.
enum Answer: Hashable, Sendable {
    case done
    case status(ContainerRecord.Status)
    case refused(RuntimeError.Code)
}

/// One id as it looks to callers who come one after the other: what each operation may answer, and what is then.
///
/// What others can see while it lasts has two parts: a creation, and a deletion that ends the process first.
struct ContainerModel: Hashable, Sendable {
    /// How far the container is.
    enum Base: Hashable, Sendable { case absent, creating, created, running, stopped }

    private(set) var base = Base.absent
    private(set) var isFrozen = false
    /// Whether its process has been killed, and dies at any moment.
    private(set) var isDoomed = false
    /// Whether a deletion ends it, which freezes it for a moment where the kernel cannot kill a group.
    private var isEnding = false

    private init(_ base: Base) { self.base = base }

    /// No container has the id.
    init() {}

    private var hasProcess: Bool { base == .created || base == .running }

    private func with(_ change: (inout ContainerModel) -> Void) -> ContainerModel {
        var result = self
        change(&result)
        return result
    }

    /// What happens by itself.
    var spontaneous: ContainerModel? { isDoomed ? ContainerModel(.stopped) : nil }

    /// Whether an operation that is answered so has two parts.
    static func isLong(_ operation: Operation, _ answer: Answer) -> Bool {
        [.create, .delete, .forcedDelete].contains(operation) && answer == .done
    }

    /// What is after the first part of an operation that has two and is done; `nil` when it may not be.
    func begin(_ operation: Operation) -> ContainerModel? {
        switch operation {
        case .create: base == .absent ? ContainerModel(.creating) : nil
        case .delete: base == .created && !isFrozen || base == .stopped ? ending : nil
        case .forcedDelete: hasProcess || base == .stopped ? ending : nil
        default: nil
        }
    }

    /// Its process, if it has one, is killed and thawed.
    private var ending: ContainerModel {
        with {
            $0.isDoomed = hasProcess
            $0.isEnding = hasProcess
            $0.isFrozen = false
        }
    }

    /// What is after the second part.
    func end(_ operation: Operation) -> ContainerModel? {
        if operation == .create { return base == .creating ? ContainerModel(.created) : nil }
        return base == .stopped ? ContainerModel() : nil
    }

    /// What is after an operation of one part that is answered so; `nil` when it may not be.
    func after(_ operation: Operation, _ answer: Answer) -> ContainerModel? {
        if operation == .create { return base != .absent && answer == .refused(.alreadyExists) ? self : nil }
        if base == .absent { return answer == .refused(.notFound) ? self : nil }
        switch (operation, answer) {
        case (.state, .status(.paused)) where isEnding: return self
        case (.state, .status(let status)): return status == self.status ? self : nil
        case (.start, .done): return base == .created && !isFrozen ? with { $0.base = .running } : nil
        // Its init has been killed; what a failed start leaves is ended.
        case (.start, .refused(.launchFailed)): return base == .created && isDoomed ? ContainerModel(.stopped) : nil
        case (.start, .refused(.wrongState)): return base == .created && !isFrozen ? nil : self
        case (.kill, .done): return hasProcess ? with { $0.isDoomed = true } : nil
        case (.kill, .refused(.wrongState)): return hasProcess ? nil : self
        case (.pause, .done): return hasProcess && !isFrozen ? with { $0.isFrozen = true } : nil
        case (.pause, .refused(.wrongState)): return hasProcess && !isFrozen ? nil : self
        case (.resume, .done): return hasProcess && isFrozen ? with { $0.isFrozen = false } : nil
        case (.resume, .refused(.wrongState)): return hasProcess && isFrozen ? nil : self
        case (.exec, .done): return hasProcess && !isFrozen ? self : nil
        case (.exec, .refused(.wrongState)) where isEnding: return self
        case (.exec, .refused(.wrongState)): return hasProcess && !isFrozen ? nil : self
        case (.delete, .refused(.wrongState)): return base == .running || isFrozen || base == .creating ? self : nil
        default: return nil
        }
    }

    private var status: ContainerRecord.Status {
        switch base {
        case .absent, .stopped: .stopped
        case .creating: .creating
        case .created: isFrozen ? .paused : .created
        case .running: isFrozen ? .paused : .running
        }
    }
}
