// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RegistryClient
internal import RuntimeCore

/// The directories in which docker and podman keep the certificates of registries.
enum CertificateDirectory {
    /// The certificates for a registry.
    ///
    /// - Parameters:
    ///   - registry: Host and port.
    ///   - directory: The directory that the user names; else the first of the usual ones that has certificates counts.
    /// - Returns: The settings; those of the system alone where there is no such directory.
    /// - Throws: ``Failure`` if the directory that the user names cannot be read or has none.
    static func settings(of registry: String, in directory: String?) throws -> TLSSettings {
        if let directory {
            guard let found = TLSSettings.certificates(in: FilePath(directory), try names(in: directory)) else {
                throw Failure("--cert-dir \(directory): it has no certificates: *.crt, or *.cert and *.key")
            }
            return found
        }
        for directory in usual.map({ "\($0)/\(registry)" }) {
            guard let names = try? names(in: directory) else { continue }
            if let found = TLSSettings.certificates(in: FilePath(directory), names) { return found }
        }
        return TLSSettings()
    }

    private static var usual: [String] {
        let own = HostEnvironment.variables["HOME"].map { "\($0)/.config/containers/certs.d" }
        return [own, "/etc/containers/certs.d", "/etc/docker/certs.d"].compactMap { $0 }
    }

    private static func names(in directory: String) throws -> [String] {
        guard let stream = unsafe opendir(directory) else {
            throw Failure("open \(directory): \(Failure.text(of: errno))")
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe names.append(String(cString: $0))
                }
            }
        }
        return names
    }
}
