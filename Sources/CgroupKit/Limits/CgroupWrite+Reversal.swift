// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension CgroupWrite {
    /// What to write to the file, in order, so that it shows again what it showed before this write.
    ///
    /// A file that has one line for each device or resource gets back the line of the one that this write is about, or
    /// the value that takes the line away.
    ///
    /// - Parameter content: The file's content before the write.
    /// - Returns: The values, each for one `write(2)`.
    package func reversal(of content: [UInt8]) -> [String] {
        if file == "memory.oom_control" { return ["\(KernelText.table(content)["oom_kill_disable"] ?? 0)"] }
        let lines = KernelText.lines(content).map { KernelText.string($0) }
        guard Self.keyedFiles.contains(file) else {
            // A cpuset without a list of its own: an empty write would not reach the kernel.
            return lines.isEmpty ? ["\n"] : lines
        }
        let words = value.split { $0 == " " || $0 == "\n" }.map { String($0) }
        let isKeyed = words.count > 1
        let key = isKeyed ? words.first ?? "" : "default"
        if let line = lines.first(where: { $0 == key || $0.hasPrefix("\(key) ") }) { return [line] }
        guard isKeyed else { return lines }
        return [([key] + words.dropFirst().map(neutral)).joined(separator: " ")]
    }

    /// The setting that stands for none, in place of `setting`.
    private func neutral(_ setting: String) -> String {
        if let (name, _) = KernelText.cut(Array(setting.utf8)[...], at: UInt8(ascii: "=")) {
            return "\(KernelText.string(name))=max"
        }
        if file.contains("weight") { return "default" }
        return file.hasPrefix("blkio.") || file.hasPrefix("net_prio.") ? "0" : "max"
    }

    private static let keyedFiles: Set = [
        "io.max", "io.weight", "io.bfq.weight", "io.latency", "rdma.max", "misc.max", "dmem.max", "dmem.min",
        "dmem.low", "net_prio.ifpriomap", "blkio.weight_device", "blkio.bfq.weight_device", "blkio.leaf_weight_device",
        "blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device", "blkio.throttle.read_iops_device",
        "blkio.throttle.write_iops_device",
    ]
}
