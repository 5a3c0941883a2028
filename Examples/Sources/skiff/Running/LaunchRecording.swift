// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// What a launch did and when, on its way into a file.
struct LaunchRecording {
    /// Notes it.
    let recorder = PhaseRecorder()
    private let path: String

    /// - Parameter path: The file; one that ends in `.html` gets a page, in `.svg` a picture, any other a trace.
    /// - Throws: ``Failure`` when it cannot be made: better now than after the container has run.
    init(to path: String) throws {
        self.path = path
        _ = try NewFile(path)
    }

    /// Writes what was noted of the container.
    ///
    /// - Parameters:
    ///   - container: What was launched.
    ///   - image: What pages and pictures call it.
    /// - Throws: ``Failure`` when the file cannot be written.
    func write(_ container: Container, of image: String) throws {
        let timeline = recorder.timeline(of: container)
        let text =
            if path.hasSuffix(".html") {
                TimelinePage(timeline, of: image).text
            } else if path.hasSuffix(".svg") {
                TimelinePicture(timeline, of: image).text
            } else {
                timeline.chromeTrace.line
            }
        let file = try NewFile(path)
        try file.write(Array("\(text)\n".utf8))
        try file.commit()
    }
}

extension LaunchRecording? {
    /// Does something, and notes when if there is a recording.
    func measure<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
        guard let self else { return try body() }
        return try self.recorder.measure(name, body)
    }
}
