// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCIRuntime
internal import SystemPackage

/// The streams of a process that runs in a scope: what it gets, and the host's ends.
struct StreamPlumbing: Sendable {
    /// What the container gets.
    var options = CreateOptions()
    /// Where its input is written, which never makes the writer wait.
    private(set) var input: SharedDescriptor?
    /// Where its captured output is read.
    private(set) var output: SharedDescriptor?
    /// Where its captured errors are read.
    private(set) var errors: SharedDescriptor?

    init(_ options: ContainerOptions) throws(SystemCallError) {
        switch options.input {
        case .null: self.options.input = try Self.null(CLINUX_O_RDONLY)
        case .inherited: break
        case .descriptor(let stream): self.options.input = stream.shared
        case .bytes(let bytes): self.options.input = try Self.file(bytes)
        case .pipe:
            let pipe = try OwnedFileDescriptor.pipe().shared()
            try pipe.writing.descriptor.setNonBlocking()
            (self.options.input, input) = (pipe.reading, pipe.writing)
        }
        (self.options.output, output) = try Self.target(options.output)
        (self.options.errors, errors) = try Self.target(options.errors)
    }

    /// Streams for a program that is added to a container: `input` to read, its output captured; streams that `options`
    /// sets stay.
    init(_ options: ExecOptions, input: [UInt8]) throws(SystemCallError) {
        if let given = options.input { self.options.input = given } else { self.options.input = try Self.file(input) }
        (self.options.output, output) = try Self.target(Self.choice(options.output))
        (self.options.errors, errors) = try Self.target(Self.choice(options.errors))
    }

    private static func choice(_ stream: SharedDescriptor?) -> OutputTarget {
        stream.map { .descriptor(OpenStream($0)) } ?? .capture
    }

    /// What the container gets, and what the host reads.
    private static func target(
        _ target: OutputTarget
    ) throws(SystemCallError) -> (SharedDescriptor?, SharedDescriptor?) {
        switch target {
        case .inherited: return (nil, nil)
        case .null: return (try null(CLINUX_O_WRONLY), nil)
        case .descriptor(let stream): return (stream.shared, nil)
        case .capture:
            let pipe = try OwnedFileDescriptor.pipe().shared()
            return (pipe.writing, pipe.reading)
        }
    }

    /// A file in memory that holds `bytes`, opened at its start: nobody need feed a pipe.
    private static func file(_ bytes: [UInt8]) throws(SystemCallError) -> SharedDescriptor {
        let memory = try OwnedFileDescriptor.memory(name: "input")
        try memory.write(bytes)
        return SharedDescriptor(try .open(FilePath("/proc/self/fd/\(memory.rawValue)"), CLINUX_O_RDONLY))
    }

    private static func null(_ flags: CInt) throws(SystemCallError) -> SharedDescriptor {
        SharedDescriptor(try .open("/dev/null", flags))
    }

    /// Hands over the writing end of its input, so that it is closed when its new owner closes it.
    mutating func takeInput() -> SharedDescriptor? {
        defer { input = nil }
        return input
    }

    /// Lets go of the container's ends, so that the host sees the end of its output.
    mutating func releaseContainerEnds() {
        options.input = nil
        options.output = nil
        options.errors = nil
    }
}
