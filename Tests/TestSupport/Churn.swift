// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation

/// How long tests go on that show that nothing is left behind by what is done again and again.
///
/// They are short among other tests. `make churn` runs them alone and whole, and then they look at the whole machine.
package enum Churn {
    /// Whether this is the whole of it, on a machine that does nothing else.
    package static var isWhole: Bool { Environment.value(of: "SKIFF_CHURN") != nil }

    /// How often something is done.
    ///
    /// - Parameter whole: How often when it is the whole of it; else a twentieth.
    /// - Returns: The number.
    package static func count(_ whole: Int) -> Int { isWhole ? whole : whole / 20 }

    /// Notes a figure in the file that `SKIFF_CHURN` names: what the process of a test prints is not shown.
    package static func report(_ line: String) {
        guard let path = Environment.value(of: "SKIFF_CHURN"), let file = FileHandle(forWritingAtPath: path) else {
            return
        }
        file.seekToEndOfFile()
        file.write(Data((line + "\n").utf8))
    }
}
