// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// What `run` and `create` say of a container's files and devices.
struct FileFlags: ParsableArguments {
    @Option(
        name: [.customShort("v"), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Attach a path of the host.", valueName: "src:dst[:ro]")
    )
    var volume: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The same in words: type=bind,src=,dst=[,ro], or type=tmpfs,dst=.", valueName: "mount")
    )
    var mount: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Attach an empty file system in memory.", valueName: "dst[:options]")
    )
    var tmpfs: [String] = []

    @Flag(help: "Make the root file system read-only.")
    var readOnly = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Offer a device node of the host.", valueName: "src[:dst][:rwm]")
    )
    var device: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("Size of /dev/shm; 64m by default.", valueName: "size"))
    var shmSize: String?

    /// Notes what the flags say.
    func apply(to options: inout ContainerOptions) throws {
        for text in mount { options.mounts.append(try MountFlag.mount(text)) }
        for text in volume { options.mounts.append(try MountFlag.volume(text)) }
        for text in tmpfs { options.mounts.append(try MountFlag.tmpfs(text)) }
        var taken: Set<String> = []
        for mount in options.mounts where !taken.insert(mount.destination).inserted {
            throw Failure("duplicate mount point: \(mount.destination)")
        }
        options.readOnlyRoot = readOnly
        for text in device { options.devices.append(try DeviceFlag.read(text)) }
        if let shmSize { options.sharedMemorySize = UInt64(try ByteSize.read(shmSize, of: "--shm-size")) }
    }
}
