// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit

/// What the machine that runs the tests has.
enum NamespaceProbe {
    /// Whether neither AppArmor nor SELinux is in use.
    static var hasNoModules: Bool { SecurityModules.detect() == SecurityModules() }
}
