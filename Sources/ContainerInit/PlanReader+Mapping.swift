// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension PlanReader {
    /// Maps the rest of a plan, which must be in a file that nobody can change any more: what is checked while it is read
    /// has to be what is executed.
    ///
    /// - Parameter file: The memfd with the rest; it is closed.
    /// - Returns: The reader, at the first instruction of the rest.
    /// - Throws: `StepError` when the file is not sealed or empty, cannot be mapped, or holds no plan.
    static func mapping(_ file: CInt) throws(Interpreter.StepError) -> PlanReader {
        defer { _ = clinux_close(file) }
        let wanted = CLINUX_F_SEAL_SEAL | CLINUX_F_SEAL_SHRINK | CLINUX_F_SEAL_GROW | CLINUX_F_SEAL_WRITE
        let seals = clinux_fcntl(file, CLINUX_F_GET_SEALS, 0)
        guard seals >= 0, seals & wanted == wanted else { throw Interpreter.StepError(CLINUX_EPERM, .plan) }
        let size = clinux_lseek(file, 0, CLINUX_SEEK_END)
        guard size > 0 else { throw Interpreter.StepError(CLINUX_EPROTO, .plan) }
        let address = clinux_mmap(size, CLINUX_PROT_READ, CLINUX_MAP_PRIVATE | CLINUX_MAP_POPULATE, file)
        guard address > 0, let base = unsafe UnsafePointer<UInt8>(bitPattern: address) else {
            throw Interpreter.StepError(CLINUX_ENOMEM, .plan)
        }
        do throws(PlanError) { return unsafe try PlanReader(base: base, count: size) } catch {
            throw Interpreter.StepError(CLINUX_EPROTO, .plan)
        }
    }
}
