// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
public import OCISpec

extension Runtime {
    /// What configurations may ask of this runtime: what its mapping applies, whatever this host can do.
    ///
    /// Specification: OCI runtime-spec 1.3, features.md and features-linux.md.
    public static var features: Features {
        Features(
            ociVersionMin: "1.0.0",
            ociVersionMax: specificationVersion,
            hooks: ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
            mountOptions: MountOption.names,
            linux: Features.Linux(
                namespaces: ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"],
                capabilities: Capability.allCases.map(\.name),
                cgroup: Features.Cgroup(v1: true, v2: true, systemd: true, systemdUser: true, rdma: true),
                seccomp: seccompFeatures,
                apparmor: Features.Switch(enabled: true),
                // Labels of processes are applied, those of mounts are not.
                selinux: Features.Switch(enabled: true),
                intelRdt: Features.IntelRDT(enabled: true, schemata: true, monitoring: true),
                memoryPolicy: Features.MemoryPolicy(
                    modes: LinuxMemoryPolicy.Mode.allCases.map(\.rawValue),
                    flags: LinuxMemoryPolicy.Flag.allCases.map(\.rawValue)
                ),
                mountExtensions: Features.MountExtensions(idmap: Features.Switch(enabled: true)),
                netDevices: Features.Switch(enabled: true)
            ),
            annotations: [:],
            potentiallyUnsafeConfigAnnotations: ["org.systemd.property."]
        )
    }

    private static var seccompFeatures: Features.Seccomp {
        Features.Seccomp(
            enabled: true,
            actions: SeccompAction.ociNames,
            operators: SeccompCondition.Comparison.allCases.map(\.ociName),
            archs: SeccompArchitecture.allCases.filter(\.isLittleEndian).map(\.ociName),
            knownFlags: SeccompFlags.ociNames,
            supportedFlags: SeccompFlags.ociNames
        )
    }
}
