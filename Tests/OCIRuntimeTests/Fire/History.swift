// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Calls about one id that many made at once, in the order in which they began and were answered.
///
/// It is allowed when each call can be thought of as done in one instant between its beginning and its answer, so that the
/// model answers the same (linearizability). All such thoughts are kept side by side, as sets of calls that are done before
/// they are answered.
struct History {
    /// A call that has begun.
    private struct Pending: Hashable {
        let call: Int
        let operation: Operation
        let answer: Answer
    }

    /// One thought: what the container is like, and how much of which pending calls is done.
    private struct Thought: Hashable {
        var model = ContainerModel()
        var done: [Int: Int] = [:]
    }

    /// Something that was observed.
    enum Event: Sendable {
        /// A call began, which was answered so later.
        case began(call: Int, Operation, Answer)
        /// The call's answer arrived.
        case answered(call: Int)
    }

    private var pending: [Int: Pending] = [:]
    private var thoughts: Set<Thought> = [Thought()]

    /// Takes the next event in.
    ///
    /// - Returns: What is wrong with it; `nil` for nothing.
    mutating func take(_ event: Event) -> String? {
        switch event {
        case .began(let call, let operation, let answer):
            pending[call] = Pending(call: call, operation: operation, answer: answer)
            return nil
        case .answered(let call):
            guard let answered = pending[call] else { return "call \(call) was never made" }
            let before = thoughts
            thoughts = Set(
                closed(until: call).compactMap { thought in
                    guard thought.done[call] == Self.parts(answered) else { return nil }
                    var rest = thought
                    rest.done[call] = nil
                    return rest
                }
            )
            pending[call] = nil
            guard thoughts.isEmpty else { return nil }
            let states = Set(before.map { "\($0.model.base)" + ($0.model.isDoomed ? ", killed" : "") }).sorted()
            let others = pending.values.map { "\($0.operation): \($0.answer)" }.sorted()
            return "\(answered.operation): \(answered.answer) from \(states), beside \(others)"
        }
    }

    /// Whether the id may mean no container after all that was seen.
    var mayEndEmpty: Bool { thoughts.contains { $0.model == ContainerModel() } }

    private static func parts(_ pending: Pending) -> Int {
        ContainerModel.isLong(pending.operation, pending.answer) ? 2 : 1
    }

    /// Everything that can have happened up to now.
    private func closed(until call: Int) -> Set<Thought> {
        var all = thoughts
        var new = Array(thoughts)
        while let thought = new.popLast() {
            // What is done after the call that is answered can as well be done later.
            if let pending = pending[call], thought.done[call] == Self.parts(pending) { continue }
            for next in successors(of: thought) where all.insert(next).inserted { new.append(next) }
        }
        return all
    }

    private func successors(of thought: Thought) -> [Thought] {
        var found: [Thought] = []
        if let model = thought.model.spontaneous { found.append(Thought(model: model, done: thought.done)) }
        for (call, pending) in pending {
            let part = thought.done[call] ?? 0
            guard part < Self.parts(pending) else { continue }
            let model =
                switch (Self.parts(pending), part) {
                case (1, _): thought.model.after(pending.operation, pending.answer)
                case (_, 0): thought.model.begin(pending.operation)
                default: thought.model.end(pending.operation)
                }
            guard let model else { continue }
            var next = Thought(model: model, done: thought.done)
            next.done[call] = part + 1
            found.append(next)
        }
        return found
    }
}
