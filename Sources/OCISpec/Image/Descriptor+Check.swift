// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Descriptor {
    /// The greatest size of content, in bytes: the greatest integer that every JSON program reads exactly.
    public static let maximumSize: Int64 = 1 << 53

    /// Checks what the types cannot say, right after the descriptor was read.
    func checkRead(at offset: Int) throws(JSONError) {
        guard (0...Descriptor.maximumSize).contains(size) else {
            throw JSONError(.outOfRange, offset: offset, detail: "\(size) is not between 0 and 2^53").inside("size")
        }
        if let data, data.bytes.count != size {
            throw JSONError(
                .invalidValue,
                offset: offset,
                detail: "the data has \(data.bytes.count) bytes, but the size is \(size)"
            ).inside("data")
        }
    }
}
