// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec
internal import SystemPackage

extension ConfigurationBuilder {
    private typealias Mount = RuntimeConfiguration.Mount

    /// Docker's mounts, the container's own files in `/etc`, and what the caller asked for; a mount of the caller's at a
    /// place takes the place of ours.
    func mounts() throws(ContainerStoreError) -> [RuntimeConfiguration.Mount] {
        let taken = Set(options.mounts.map { FilePath($0.destination).lexicallyNormalized() })
        var mounts = standardMounts.filter { !taken.contains(FilePath($0.destination)) }
        for request in options.mounts { mounts.append(try mount(request)) }
        return mounts
    }

    /// Where every container gets a mount, as paths below the root: what is there in its own files was made for that.
    static var standardMountPoints: Set<[UInt8]> {
        let destinations = (RuntimeConfiguration.example.mounts ?? []).map(\.destination)
        let files = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]
        return Set((destinations + files).map { Array($0.utf8.dropFirst()) })
    }

    /// Makes the files that the container gets in `/etc`.
    ///
    /// - Parameter resolver: The host's `resolv.conf`, for a container that uses a network.
    /// - Returns: Name and content of `hostname`, `hosts` and `resolv.conf`.
    func etcFiles(resolver: [UInt8]) -> [(name: String, content: [UInt8])] {
        let hosts = """
            127.0.0.1\tlocalhost \(hostname)
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters

            """
        return [
            ("hostname", Array("\(hostname)\n".utf8)), ("hosts", Array(hosts.utf8)),
            ("resolv.conf", options.network == .none ? [] : resolver),
        ]
    }

    /// The mounts of the example configuration, and ours. They are new file systems whatever namespaces are shared: what
    /// a copy of the host's tree brings along would be the host's, and writable.
    private var standardMounts: [RuntimeConfiguration.Mount] {
        var mounts = RuntimeConfiguration.example.mounts ?? []
        mounts.removeAll { $0.destination == "/dev/shm" }
        mounts.append(sharedMemory)
        for (name, _) in etcFiles(resolver: []) {
            mounts.append(
                Mount(
                    destination: "/etc/\(name)",
                    type: "none",
                    source: directory.appending("etc").appending(name).string,
                    options: ["rbind", "rprivate"]
                )
            )
        }
        return mounts
    }

    /// A mount of mqueue shows the queues of the IPC namespace, whichever it is; shared memory is a directory.
    private var sharedMemory: RuntimeConfiguration.Mount {
        let quiet = ["nosuid", "noexec", "nodev"]
        if options.sharesHostIPC {
            return Mount(destination: "/dev/shm", type: "none", source: "/dev/shm", options: ["rbind"] + quiet)
        }
        return Mount(
            destination: "/dev/shm",
            type: "tmpfs",
            source: "shm",
            options: quiet + ["mode=1777", "size=\(options.sharedMemorySize)"]
        )
    }

    private func mount(_ request: ContainerMountRequest) throws(ContainerStoreError) -> RuntimeConfiguration.Mount {
        guard request.destination.hasPrefix("/"), request.destination != "/" else {
            throw ContainerStoreError(
                .invalidOptions,
                "the mount destination \"\(request.destination)\" is not an absolute path below /"
            )
        }
        switch request {
        case .bind(let source, let destination, let readOnly):
            guard source.hasPrefix("/") else {
                throw ContainerStoreError(.invalidOptions, "the mount source \"\(source)\" is not an absolute path")
            }
            return Mount(
                destination: destination,
                type: "none",
                source: source,
                options: ["rbind", "rprivate"] + (readOnly ? ["rro"] : [])
            )
        case .tmpfs(let destination, let options):
            return Mount(
                destination: destination,
                type: "tmpfs",
                source: "tmpfs",
                options: ["nosuid", "nodev", "noexec"] + options
            )
        }
    }
}
