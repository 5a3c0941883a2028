// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import RuntimeCore

/// Shows what happens to each of several layers.
struct TransferDisplay: Sendable {
    /// What happens to a layer.
    struct Status: Hashable, Sendable {
        /// In docker's words.
        var words: String
        /// Bytes so far and in all, while a layer is transferred.
        var bytes: Progress?
    }

    /// How far a transfer is.
    struct Progress: Hashable, Sendable {
        let current: Int64
        let total: Int64
    }

    private let style: ProgressStyle
    private let write: @Sendable ([UInt8]) -> Void
    private let columns: Int
    private let rows: Int
    private var order: [String] = []
    private var statuses: [String: Status] = [:]

    /// - Parameters:
    ///   - style: How to show it.
    ///   - size: The size of the terminal.
    ///   - write: Where bytes go.
    init(_ style: ProgressStyle, size: TerminalSize?, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.style = style.decided
        self.write = write
        columns = Int(size?.columns ?? 80)
        rows = Int(size?.rows ?? 24)
    }

    /// Shows it on standard error.
    static func onStandardError(_ style: ProgressStyle) -> TransferDisplay {
        // Nobody is left to be shown anything.
        TransferDisplay(style, size: HostTerminal.size) { try? Output.write($0, to: 2) }
    }

    /// Shows a line that is about no layer.
    mutating func say(_ line: String, id: String? = nil) {
        switch style {
        case .json: json(id: id, Status(words: line))
        default: text(id.map { "\($0): \(line)" } ?? line)
        }
        // What stands above stays as it is.
        order = []
    }

    /// Shows what happens to the layer `id`.
    mutating func set(_ id: String, _ words: String, _ bytes: Progress? = nil) {
        let status = Status(words: words, bytes: bytes)
        let old = statuses.updateValue(status, forKey: id)
        guard old != status else { return }
        switch style {
        case .json: json(id: id, status)
        case .tty: draw(id, status)
        case .plain, .auto: if old?.words != words { text("\(id): \(words)") }
        }
    }

    private mutating func draw(_ id: String, _ status: Status) {
        let line = cut("\(id): \(Self.text(of: status))")
        guard let position = order.firstIndex(of: id) else {
            order.append(id)
            return text(line)
        }
        let above = order.count - position
        // A row that was scrolled out cannot be drawn again.
        guard above < rows else { return }
        write(Array("\u{1B}[\(above)A\r\u{1B}[2K\(line)\u{1B}[\(above)B\r".utf8))
    }

    private static func text(of status: Status) -> String {
        guard let bytes = status.bytes, bytes.total > 0 else { return status.words }
        let filled = Int(50 * min(bytes.current, bytes.total) / bytes.total)
        let bar = String(repeating: "=", count: filled) + (filled < 50 ? ">" : "")
        let amounts = "\(HumanSize.text(bytes: bytes.current))/\(HumanSize.text(bytes: bytes.total))"
        return "\(status.words) [\(bar)\(String(repeating: " ", count: 51 - bar.count))] \(amounts)"
    }

    private func cut(_ line: String) -> String { String(line.prefix(max(columns - 1, 20))) }

    private func text(_ line: String) { write(Array("\(line)\n".utf8)) }

    private func json(id: String?, _ status: Status) {
        var members: [JSONObject.Member] = [JSONObject.Member(key: "status", value: .string(status.words))]
        if let bytes = status.bytes {
            let detail = JSONValue.members(["current": .integer(bytes.current), "total": .integer(bytes.total)])
            members.append(JSONObject.Member(key: "progressDetail", value: detail))
        }
        if let id { members.append(JSONObject.Member(key: "id", value: .string(id))) }
        text(JSONValue.object(JSONObject(members)).line)
    }
}
