// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation

/// The number of this process, by which others find its descriptors.
enum ProcessNumber {
    static var own: Int32 { ProcessInfo.processInfo.processIdentifier }
}
