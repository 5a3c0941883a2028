// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import SystemPackage

/// A thread for work that keeps a processor busy or blocks, beside the caller's; joined when its owner goes away.
///
/// It takes no signals: the process's handlers run on the threads they ran on before.
package struct WorkerThread: ~Copyable {
    private let handle: pthread_t

    /// Starts `body` on a new thread.
    ///
    /// - Throws: ``SystemCallError`` (`clone`), for example `EAGAIN` at the limit of tasks.
    package init(_ body: @escaping @Sendable () -> Void) throws(SystemCallError) { handle = try Self.start(body) }

    /// Starts `body` on a new thread that nobody joins: it says itself when it is done.
    ///
    /// - Throws: ``SystemCallError`` (`clone`), for example `EAGAIN` at the limit of tasks.
    package static func detach(_ body: @escaping @Sendable () -> Void) throws(SystemCallError) {
        pthread_detach(try start(body))
    }

    private static func start(_ body: @escaping @Sendable () -> Void) throws(SystemCallError) -> pthread_t {
        let box = unsafe Unmanaged.passRetained(ThreadBody(body))
        var all = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &previous)
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            },
            box.toOpaque()
        )
        unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
        if result != 0 {
            unsafe box.release()
            throw SystemCallError(call: "clone", errno: Errno(rawValue: result))
        }
        return thread
    }

    deinit { pthread_join(handle, nil) }
}

/// What a thread runs, as an object that crosses the C border.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
