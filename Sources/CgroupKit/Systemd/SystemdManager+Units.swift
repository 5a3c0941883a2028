// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension SystemdManager {
    /// What a manager says of itself.
    public struct Facts: Hashable, Sendable {
        /// The number of its version, for example 252.
        public var version: Int
        /// The control group that its units are below; empty for the machine's own at the root.
        public var controlGroup: String
    }

    /// Asks the manager for its version and control group.
    ///
    /// - Throws: ``CgroupError``: `managerFailed`, `notDelegated`, `timedOut`.
    public func facts() throws(CgroupError) -> Facts {
        var connection = try connect()
        do throws(DBusError) {
            let version = try connection.property("Version")
            return Facts(
                version: Self.number(ofVersion: version),
                controlGroup: try connection.property("ControlGroup")
            )
        } catch { throw CgroupError("ask systemd about itself", error) }
    }

    /// The number in `252.38-1~deb12u1` or `v245.4`; 0 where there is none.
    static func number(ofVersion text: String) -> Int {
        let digits = text.drop { !($0.isASCII && $0.isNumber) }.prefix { $0.isASCII && $0.isNumber }
        return Int(digits) ?? 0
    }

    /// Starts a scope with a process in it, and waits until systemd has made its control group.
    ///
    /// The scope is delegated to us (`Delegate=yes`), all accounting is on, and it ends when its last process does. A
    /// unit of this name that has failed is forgotten first.
    ///
    /// - Parameters:
    ///   - unit: The scope and its slice.
    ///   - processID: The process, which must not have ended.
    ///   - description: What `systemctl` shows.
    ///   - properties: More properties; a later one of the same name counts.
    ///   - isUnified: Whether the machine has version 2 alone, whose accounting of I/O has another name.
    /// - Throws: ``CgroupError``: `managerFailed` with systemd's own words; `alreadyExists` when a unit of this name
    ///   runs; `timedOut`. A scope that was started nevertheless ends with the process.
    public func start(
        _ unit: SystemdUnit,
        processID: Int32,
        description: String,
        properties: [SystemdProperty],
        isUnified: Bool
    ) throws(CgroupError) {
        let step = "start systemd unit \(unit.name)"
        let all =
            [
                SystemdProperty("Description", .string(description)), SystemdProperty("Slice", .string(unit.slice)),
                SystemdProperty("Delegate", .boolean(true)),
                SystemdProperty("PIDs", .array(.uint32, [.uint32(UInt32(bitPattern: processID))])),
                SystemdProperty("MemoryAccounting", .boolean(true)), SystemdProperty("CPUAccounting", .boolean(true)),
                SystemdProperty(isUnified ? "IOAccounting" : "BlockIOAccounting", .boolean(true)),
                SystemdProperty("TasksAccounting", .boolean(true)),
                SystemdProperty("DefaultDependencies", .boolean(false)),
            ] + properties
        var connection = try connect()
        let noUnits = DBusValue.array(.structure([.string, .array(.structure([.string, .variant]))]), [])
        let body: [DBusValue] = [.string(unit.name), .string("replace"), .properties(all), noUnits]
        let result: String
        do throws(DBusError) {
            do throws(DBusError) { result = try connection.job("StartTransientUnit", body) } catch {
                guard case .refused(let name, _) = error, name.hasSuffix(".UnitExists") else { throw error }
                // It may be one that has failed and stays until it is asked about.
                _ = try? connection.call("ResetFailedUnit", [.string(unit.name)])
                result = try connection.job("StartTransientUnit", body)
            }
        } catch {
            if case .refused(let name, let message) = error, name.hasSuffix(".UnitExists") {
                throw CgroupError(.alreadyExists, step, hint: message)
            }
            throw CgroupError(step, error)
        }
        if result != "done" {
            // The job's end is the error to report.
            _ = try? connection.call("ResetFailedUnit", [.string(unit.name)])
            throw CgroupError(.managerFailed, step, hint: "the job ended with \"\(result)\"; see journalctl")
        }
    }

    /// Stops a unit and makes systemd forget it; one that is gone already is a success.
    ///
    /// - Throws: ``CgroupError``: `managerFailed`, `notDelegated`, `timedOut`. The unit may be there still.
    public func stop(_ name: String) throws(CgroupError) {
        var connection = try connect()
        do throws(DBusError) {
            // A unit that does not stop cleanly is reset below all the same.
            _ = try connection.job("StopUnit", [.string(name), .string("replace")])
        } catch {
            guard case .refused(let code, _) = error, code.hasSuffix(".NoSuchUnit") else {
                throw CgroupError("stop systemd unit \(name)", error)
            }
        }
        // Only a unit that has failed is there to be reset.
        _ = try? connection.call("ResetFailedUnit", [.string(name)])
    }

    /// Changes properties of a unit until it ends.
    ///
    /// - Throws: ``CgroupError``: `managerFailed` with systemd's own words, `notDelegated`, `timedOut`.
    public func set(_ properties: [SystemdProperty], of name: String) throws(CgroupError) {
        if properties.isEmpty { return }
        var connection = try connect()
        do throws(DBusError) {
            try connection.call("SetUnitProperties", [.string(name), .boolean(true), .properties(properties)])
        } catch {
            throw CgroupError(
                "set properties of systemd unit \(name)",
                error,
                field: properties.map(\.name).joined(separator: ", ")
            )
        }
    }

    /// Moves a process into a unit's control group, with the manager's rights.
    ///
    /// - Parameters:
    ///   - processID: The process.
    ///   - name: The unit.
    ///   - subgroup: A group below the unit's, as `/a/b`; empty for the unit's own.
    /// - Throws: ``CgroupError``: `managerFailed`, `notDelegated`, `timedOut`.
    public func attach(processID: Int32, to name: String, subgroup: String = "") throws(CgroupError) {
        var connection = try connect()
        let numbers = DBusValue.array(.uint32, [.uint32(UInt32(bitPattern: processID))])
        do throws(DBusError) {
            try connection.call("AttachProcessesToUnit", [.string(name), .string(subgroup), numbers])
        } catch { throw CgroupError("add process \(processID) to systemd unit \(name)", error) }
    }
}
