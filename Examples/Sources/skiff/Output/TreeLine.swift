// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A path of an image as lists show it.
enum TreeLine {
    /// The cells: layer, mode, owner, size, path.
    static func row(_ merged: MergedEntry) -> [String] {
        let entry = merged.entry
        let size =
            switch entry.kind {
            case .file: HumanSize.text(bytes: Int64(clamping: entry.size))
            case .characterDevice, .blockDevice: entry.device.map { "\($0.major),\($0.minor)" } ?? ""
            default: ""
            }
        return ["\(merged.layer)", mode(entry), "\(entry.uid):\(entry.gid)", size, path(entry)]
    }

    /// What is said of a file that the image does not show.
    static func wasted(_ file: WastedFile) -> String { "/\(file.path) (\(file.cause.rawValue) by layer \(file.by))" }

    private static func path(_ entry: ListedEntry) -> String {
        let path = "/\(entry.path)"
        guard let target = entry.linkTarget else { return path }
        return entry.kind == .symlink ? "\(path) -> \(target)" : "\(path) = /\(target)"
    }

    /// The mode as `ls` prints it.
    private static func mode(_ entry: ListedEntry) -> String {
        let type =
            switch entry.kind {
            case .directory: "d"
            case .symlink: "l"
            case .characterDevice: "c"
            case .blockDevice: "b"
            case .fifo: "p"
            default: "-"
            }
        var letters = type
        for (shift, special, letter) in [(6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")]
            as [(UInt32, UInt32, String)]
        {
            let bits = entry.mode >> shift
            letters += bits & 4 == 0 ? "-" : "r"
            letters += bits & 2 == 0 ? "-" : "w"
            let isSpecial = entry.mode & special != 0
            letters += bits & 1 == 0 ? (isSpecial ? letter.uppercased() : "-") : isSpecial ? letter : "x"
        }
        return letters
    }
}
