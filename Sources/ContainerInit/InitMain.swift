// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#if SKIFF_SEALED
internal import CLinux

/// Where the sealed init starts: maps the plan, executes it, and reports what failed.
///
/// - Parameter firstDescriptor: The control socket's number; the plan is the next one, then come the slots.
/// - Returns: The exit status; only a failure returns.
@c(skiff_init_main)
func initMain(firstDescriptor: CInt) -> CInt {
    let control = firstDescriptor
    let planFile = firstDescriptor + 1
    _ = clinux_close_range(UInt32(control), .max, UInt32(CLINUX_CLOSE_RANGE_CLOEXEC))
    // What is made below the root gets the modes the plan says, whatever mask the host has.
    _ = clinux_umask(0)
    let size = clinux_lseek(planFile, 0, CLINUX_SEEK_END)
    guard size > 0 else { return 1 }
    let address = clinux_mmap(size, CLINUX_PROT_READ, CLINUX_MAP_PRIVATE | CLINUX_MAP_POPULATE, planFile)
    let scratchAddress = clinux_mmap(
        8192,
        CLINUX_PROT_READ | CLINUX_PROT_WRITE,
        CLINUX_MAP_PRIVATE | CLINUX_MAP_ANONYMOUS,
        -1
    )
    guard address > 0, scratchAddress > 0, let base = unsafe UnsafePointer<UInt8>(bitPattern: address),
        let scratch = unsafe UnsafeMutablePointer<UInt8>(bitPattern: scratchAddress)
    else { return 1 }
    _ = clinux_close(planFile)
    do throws(PlanReader.PlanError) {
        let reader = unsafe try PlanReader(base: base, count: size)
        var interpreter = unsafe Interpreter(
            reader: reader,
            control: control,
            firstSlot: firstDescriptor + 2,
            scratch: scratch
        )
        guard let failure = interpreter.run() else { return 0 }
        interpreter.report(failure)
    } catch {
        return 2
    }
    return 1
}
#endif
