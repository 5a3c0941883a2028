// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import ImageLayout
public import LayerUnpack
public import LinuxSystem
public import OCIRuntime
public import OCISpec
internal import SystemPackage

/// An operation of a ``ContainerStore`` that failed.
public struct ContainerStoreError: Error, Hashable, Sendable {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: Hashable, Sendable {
        /// There is no such image in the store.
        case imageNotFound
        /// The image is damaged, is for another platform, or cannot be unpacked.
        case invalidImage
        /// Containers were made from the image, or it has further names.
        case imageInUse
        /// Somebody is adding to the store at the moment.
        case busy
        /// The options contradict themselves, or name what is not there.
        case invalidOptions
        /// There is no such container.
        case containerNotFound
        /// The name fits more than one container.
        case ambiguous
        /// The name belongs to another container.
        case nameInUse
        /// The container is not in a state that allows the operation.
        case wrongState
        /// The program was not found in the container.
        case executableNotFound
        /// The program exists and may not be executed.
        case executableNotPermitted
        /// The kernel refused for lack of privilege.
        case notPermitted
        /// What was asked for is not supported here.
        case unsupported
        /// The container could not be set up or started.
        case launchFailed
        /// What is stored cannot be read.
        case corruptState
        /// A system call on the host failed.
        case systemCall
    }

    /// What lies below the failure.
    public enum Cause: Hashable, Sendable {
        /// What the image library said.
        case image(ImageLayoutError)
        /// What the layer library said.
        case layer(LayerUnpackError)
        /// What the runtime said.
        case runtime(RuntimeError)
        /// The system call that failed.
        case systemCall(SystemCallError)
        /// Why a JSON document was refused.
        case document(JSONError)
    }

    /// What went wrong.
    public let code: Code
    /// What was being done or used, in words; empty where the cause says it all.
    public let step: String
    /// What lies below the failure, if anything does.
    public let cause: Cause?
    /// What to do about it, if we know.
    public let hint: String?

    /// Makes an error.
    public init(_ code: Code, _ step: String, cause: Cause? = nil, hint: String? = nil) {
        self.code = code
        self.step = step
        self.cause = cause
        self.hint = hint ?? Self.remedy(of: cause)
    }

    private static func remedy(of cause: Cause?) -> String? {
        guard case .systemCall(let error) = cause else { return nil }
        return error.remedy
    }
}

extension ContainerStoreError: CustomStringConvertible {
    /// One line: what was being done, why it failed, and what to do about it.
    public var description: String {
        var parts = step.isEmpty ? [] : [step]
        switch cause {
        case .image(let error): parts.append(error.description)
        case .layer(let error): parts.append(error.description)
        case .runtime(let error): parts.append(error.description)
        case .systemCall(let error): parts.append(error.description)
        case .document(let error): parts.append(error.description)
        case nil: break
        }
        let line = parts.joined(separator: ": ")
        return hint.map { "\(line); \($0)" } ?? line
    }
}

extension ContainerStoreError {
    init(_ error: ImageLayoutError) {
        let code: Code =
            switch error.code {
            case .notFound, .ambiguous, .invalidName: .imageNotFound
            case .systemCall: .systemCall
            case .busy: .busy
            default: .invalidImage
            }
        self.init(code, "", cause: .image(error))
    }

    init(_ step: String, _ error: LayerUnpackError) {
        switch error.code {
        case .overlayUnsupported:
            self.init(
                .unsupported,
                step,
                cause: .layer(error),
                hint: "load the overlay module (modprobe overlay), or use unpack --flat"
            )
        case .systemCall: self.init(step, error.cause, .layer(error))
        case .pathMissing, .notRegularFile, .targetNotEmpty: self.init(.invalidOptions, step, cause: .layer(error))
        default: self.init(.invalidImage, step, cause: .layer(error))
        }
    }

    init(_ error: RuntimeError) {
        let code: Code =
            switch error.code {
            case .notFound: .containerNotFound
            case .wrongState, .alreadyExists: .wrongState
            case .invalidConfiguration, .invalidID: .invalidOptions
            case .unsupported: .unsupported
            case .executableNotFound: .executableNotFound
            case .executableNotPermitted: .executableNotPermitted
            case .notPermitted: .notPermitted
            case .corruptState: .corruptState
            case .systemCall: .systemCall
            default: .launchFailed
            }
        self.init(code, "", cause: .runtime(error))
    }

    init(_ step: String, _ error: SystemCallError) { self.init(step, error, .systemCall(error)) }

    private init(_ step: String, _ error: SystemCallError?, _ cause: Cause) {
        let isRefused = error?.errno == .notPermitted || error?.errno == .permissionDenied
        self.init(
            isRefused ? .notPermitted : .systemCall,
            step,
            cause: cause,
            hint: isRefused ? "containers from images need root (CAP_SYS_ADMIN)" : nil
        )
    }
}

/// Runs `body` and says what a failed system call was about.
func about<Value: ~Copyable>(
    _ step: @autoclosure () -> String,
    _ body: () throws(SystemCallError) -> Value
) throws(ContainerStoreError) -> Value {
    do throws(SystemCallError) { return try body() } catch { throw ContainerStoreError(step(), error) }
}

/// Runs `body` and says an image error in terms of the store.
func withImageErrors<Value: ~Copyable>(
    _ body: () throws(ImageLayoutError) -> Value
) throws(ContainerStoreError) -> Value {
    do throws(ImageLayoutError) { return try body() } catch { throw ContainerStoreError(error) }
}

/// Runs `body` and says a layer error in terms of the store.
func withLayerErrors<Value: ~Copyable>(
    _ step: @autoclosure () -> String,
    _ body: () throws(LayerUnpackError) -> Value
) throws(ContainerStoreError) -> Value {
    do throws(LayerUnpackError) { return try body() } catch { throw ContainerStoreError(step(), error) }
}

/// Runs `body` and says a runtime error in terms of the store.
func withRuntimeErrors<Value: ~Copyable>(
    _ body: () throws(RuntimeError) -> Value
) throws(ContainerStoreError) -> Value {
    do throws(RuntimeError) { return try body() } catch { throw ContainerStoreError(error) }
}
