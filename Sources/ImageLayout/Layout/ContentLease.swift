// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Keeps every blob of a layout from being removed for as long as it lives.
///
/// For work that adds blobs one by one and a name at the end, such as pulling an image.
public struct ContentLease: ~Copyable, Sendable {
    private let lock: LayoutLock

    init(_ lock: consuming LayoutLock) { self.lock = lock }
}
