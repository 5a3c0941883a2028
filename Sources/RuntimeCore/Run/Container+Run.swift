// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCIRuntime

extension Container {
    /// Runs an image to its end, and leaves nothing behind.
    ///
    /// ```swift
    /// let result = try await Container.run("debian:12", ["cat", "/etc/os-release"], in: store) {
    ///     $0.limits.memory = 64 << 20
    ///     $0.timeout = .seconds(10)
    /// }
    /// print(result.exit, result.output)
    /// ```
    ///
    /// The container belongs to the call. When it returns, throws or is cancelled, all processes are dead and reaped,
    /// and control group, mounts, files and state are removed. When this process is killed, the container dies with it,
    /// and what is left is removed by whoever opens the store next. The output is complete.
    ///
    /// - Parameters:
    ///   - image: A reference, a digest, or the first digits of one; the image must be in the store.
    ///   - command: Replaces the image's command; its entry point stays.
    ///   - store: Where the image is; by default the store at ``ContainerStore/defaultPath``.
    ///   - configure: Changes the options, which are safe by default.
    /// - Returns: Why it ended, what it wrote, and what it used.
    /// - Throws: ``ContainerStoreError`` when it could not be started; `CancellationError` when the task was cancelled.
    /// - Note: Needs root (`CAP_SYS_ADMIN`), overlayfs, and Linux 5.12 or later.
    public static func run(
        _ image: String,
        _ command: [String] = [],
        in store: ContainerStore? = nil,
        configure: (inout ContainerOptions) -> Void = { _ in }
    ) async throws -> ContainerResult {
        var options = ContainerOptions()
        configure(&options)
        if options.input == .pipe {
            throw ContainerStoreError(
                .invalidOptions,
                "nobody could write to the input of Container.run",
                hint: "give .bytes, or use withContainer"
            )
        }
        return try await withContainer(image, command, in: store, options: options) { try await $0.collect() }
    }
}
