// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The points of an ingest at which a test can let it fail or the process die.
package enum IngestStep: String, CaseIterable, Codable, Sendable {
    case fileCreated, contentWritten, contentSynchronized, blobRenamed, directorySynchronized, indexPrepared,
        indexReplaced
}
