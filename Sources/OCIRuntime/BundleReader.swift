// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// Reads bundles (OCI runtime-spec, bundle.md).
enum BundleReader {
    /// The most bytes that a `config.json` may have.
    static let limit = 16 << 20

    /// `bundle` as an absolute path; relative ones start at the working directory.
    static func absolute(_ bundle: FilePath) throws(RuntimeError) -> FilePath {
        do throws(SystemCallError) { return try WorkingDirectory.absolute(bundle) } catch {
            throw RuntimeError("find the bundle", error)
        }
    }

    /// The configuration of a bundle, checked against what the schema cannot say.
    static func configuration(
        of bundle: FilePath,
        file: FilePath = "config.json"
    ) throws(RuntimeError) -> RuntimeConfiguration {
        let path = bundle.pushing(file)
        let bytes: [UInt8]
        do throws(SystemCallError) {
            let file = try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK | CLINUX_O_NOCTTY)
            guard try file.status().kind == .regular else {
                throw SystemCallError(call: "openat", path: path, errno: .invalidArgument)
            }
            bytes = try file.readAll(limit: limit)
        } catch {
            let missing = error.errno == .noSuchFileOrDirectory
            throw RuntimeError(
                missing ? .invalidConfiguration : .systemCall,
                "read the bundle's configuration \(path)",
                cause: error,
                hint: missing ? "a bundle is a directory with config.json; make one with the spec command" : nil
            )
        }
        do throws(JSONError) {
            return try RuntimeConfiguration(json: bytes, limits: JSONLimits(size: limit))
        } catch { throw RuntimeError(.invalidConfiguration, "config.json: \(error)\(error.path.phrase)") }
    }
}
