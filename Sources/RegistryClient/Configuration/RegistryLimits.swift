// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How large answers may be. What is larger is refused with `limitExceeded` and not read on.
enum RegistryLimits {
    /// A manifest or an index, in bytes: 4 MiB.
    static let document = 4 << 20
    /// The header of an answer, in bytes: 64 KiB.
    static let headers = 64 << 10
    /// A page of a list, in bytes: 4 MiB.
    static let page = 4 << 20
    /// The pages of a list: 100.
    static let pages = 100
    /// The body of an answer that says what went wrong, in bytes: 1 MiB, the rest is not read.
    static let errorBody = 1 << 20
    /// Redirects that one request follows: 5.
    static let redirects = 5
    /// Referrers of one manifest: 1000.
    static let referrers = 1000
}
