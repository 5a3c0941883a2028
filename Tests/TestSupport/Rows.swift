// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

package import Testing

/// The rows of the security catalogue (`Tests/Security/rows`) that a test is about.
///
/// `Tests/Security/report` reads them off the sources, so they are written as literals.
package struct Rows: TestTrait, SuiteTrait {
    /// The ids, as in the first column of `Tests/Security/rows`.
    package let ids: [String]
}

extension Trait where Self == Rows {
    /// Says that the test shows that what the rows `ids` of the security catalogue tell of cannot happen here.
    package static func rows(_ ids: String...) -> Self { Rows(ids: ids) }
}
