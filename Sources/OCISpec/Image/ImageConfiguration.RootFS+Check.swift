// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ImageConfiguration.RootFS {
    /// Checks what the types cannot say, right after the value was read.
    func checkRead(at offset: Int) throws(JSONError) {
        guard type.utf8.elementsEqual("layers".utf8) else {
            throw JSONError(
                .invalidValue,
                offset: offset,
                detail: "\"\(JSONError.excerpt(type.utf8))\" is not \"layers\""
            ).inside("type")
        }
    }
}
