// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import OCIRuntime
internal import OCISpec

/// Events as one line of JSON each, with the names and units of runc's `types/events.go`.
enum EventDocument {
    static func outOfMemory(_ id: String) -> String { line([("type", .string("oom")), ("id", .string(id))]) }

    /// Reads all statistics of a container.
    static func statistics(of container: Container) throws -> String {
        let statistics = try container.statistics()
        var document = StatisticsDocument(statistics)
        // Without the pids controller the processes are counted, as runc does.
        if statistics.pids == nil { document.processCount = UInt64(try container.processIDs().count) }
        document.resourceControl = try container.resourceControlStatistics()
        document.interfaces = try container.networkStatistics()
        return line([
            ("type", .string("stats")), ("id", .string(container.id)), ("data", document.value),
        ])
    }

    private static func line(_ members: [(String, JSONValue)]) -> String {
        String(decoding: JSONValue.members(members).json(), as: UTF8.self)
    }
}
