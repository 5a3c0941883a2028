// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ImageLayoutMarker {
    /// Checks what the types cannot say, right after the document was read.
    func checkRead(at offset: Int) throws(JSONError) {
        guard imageLayoutVersion.utf8.elementsEqual("1.0.0".utf8) else {
            throw JSONError(
                .unsupportedDocument,
                offset: offset,
                detail: "layout version \"\(JSONError.excerpt(imageLayoutVersion.utf8))\" is not supported, only 1.0.0"
            ).inside("imageLayoutVersion")
        }
    }
}
