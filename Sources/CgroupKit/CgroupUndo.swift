// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

/// What a group's files held before they were written, to be put back when a later write fails.
struct CgroupUndo {
    private struct Step {
        let directory: CgroupDirectory
        let file: FilePath
        let values: [String]
    }

    private var steps: [Step] = []

    /// Reads what `write` is about to replace; a file that cannot be read cannot be put back, and is left out.
    mutating func note(_ write: CgroupWrite, in directory: CgroupDirectory) {
        let file = FilePath(write.file)
        guard let content = try? directory.readIfPresent(file) else { return }
        steps.append(Step(directory: directory, file: file, values: write.reversal(of: content)))
    }

    /// Forgets what was noted last if it is about `write`, which did not happen.
    mutating func forget(_ write: CgroupWrite, in directory: CgroupDirectory) {
        if let last = steps.last, last.directory === directory, last.file == FilePath(write.file) { steps.removeLast() }
    }

    /// Puts everything back, the newest first: each state on the way back was in force on the way there.
    ///
    /// - Returns: The files that the kernel did not take back.
    func revert() -> [FilePath] {
        var lost: [FilePath] = []
        for step in steps.reversed() {
            for value in step.values {
                do throws(SystemCallError) {
                    try step.directory.root.writeFile(step.file, Array(value.utf8), .noSymlinks)
                } catch {
                    lost.append(step.directory.path.appending(step.file.components))
                }
            }
        }
        return lost
    }
}
