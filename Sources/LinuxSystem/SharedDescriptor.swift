// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A descriptor that several values refer to; closed when the last of them goes away.
public final class SharedDescriptor: Sendable {
    /// The descriptor.
    public let descriptor: OwnedFileDescriptor

    /// Takes over a descriptor.
    public init(_ descriptor: consuming OwnedFileDescriptor) { self.descriptor = descriptor }

    /// Takes over a descriptor, if there is one.
    public convenience init?(_ descriptor: consuming OwnedFileDescriptor?) {
        guard let descriptor else { return nil }
        self.init(descriptor)
    }
}
