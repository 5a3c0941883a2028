// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LaunchPlan
internal import Logging
internal import NamespaceKit

/// What is logged: at the level `debug` how far a launch is, in the phrases that runc uses for the same moments, and what
/// a launch tolerates.
extension Runtime {
    func trace(_ message: @autoclosure () -> String, container id: String) {
        logger?.debug("\(message())", metadata: ["container.id": "\(id)"])
    }

    /// Logs what was tolerated.
    func warn(_ warnings: [String], container id: String) {
        for warning in warnings { logger?.warning("\(warning)", metadata: ["container.id": "\(id)"]) }
    }

    /// The plan, a line for each step.
    func trace(_ prepared: PreparedLaunch, container id: String) {
        guard let logger, logger.logLevel <= .debug else { return }
        trace("nsexec container setup: \(prepared.instructions.count) steps", container: id)
        for (index, instruction) in prepared.instructions.enumerated() {
            trace("step \(index): \(instruction.description)", container: id)
        }
    }
}
