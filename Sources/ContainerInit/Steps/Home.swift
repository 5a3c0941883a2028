// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

extension Interpreter {
    /// Makes the entry `HOME=` of the environment: what the root's `/etc/passwd` says first about the user, else `/`.
    ///
    /// The file is the container's own and may be anything. So it is read in pieces, only if it is a regular file, and
    /// to a limit.
    mutating func findHome(of uid: UInt32) throws(StepError) {
        let address = try check(
            clinux_mmap(
                Self.pathCapacity,
                CLINUX_PROT_READ | CLINUX_PROT_WRITE,
                CLINUX_MAP_PRIVATE | CLINUX_MAP_ANONYMOUS,
                -1
            ),
            .plan
        )
        guard let text = unsafe UnsafeMutablePointer<UInt8>(bitPattern: address) else {
            throw StepError(CLINUX_ENOMEM, .plan)
        }
        var line = unsafe UserLine(text: text, capacity: Self.pathCapacity)
        if !readUsers(uid, &line) { line.useRoot() }
        unsafe home = unsafe UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self)
    }

    /// Whether `line` has a home directory of `uid` now.
    private func readUsers(_ uid: UInt32, _ line: inout UserLine) -> Bool {
        let file = unsafe clinux_openat2(
            CLINUX_AT_FDCWD,
            "/etc/passwd",
            UInt64(CLINUX_O_RDONLY | CLINUX_O_NONBLOCK | CLINUX_O_NOCTTY | CLINUX_O_CLOEXEC),
            0,
            UInt64(CLINUX_RESOLVE_IN_ROOT | CLINUX_RESOLVE_NO_MAGICLINKS)
        )
        guard file >= 0 else { return false }
        defer { _ = clinux_close(file) }
        var status = clinux_statx()
        guard unsafe clinux_statx(file, "", CLINUX_AT_EMPTY_PATH, UInt32(CLINUX_STATX_TYPE), &status) >= 0,
            CInt(status.mode) & CLINUX_S_IFMT == CLINUX_S_IFREG
        else { return false }
        // 16 MiB.
        for _ in 0..<4096 {
            let count = unsafe clinux_read(file, scratch, Self.pathCapacity)
            if count == -Int(CLINUX_EINTR) { continue }
            if count <= 0 { return line.end(of: uid) }
            for position in 0..<count {
                let byte = unsafe scratch[position]
                if byte != UInt8(ascii: "\n") {
                    line.append(byte)
                } else if line.end(of: uid) {
                    return true
                }
            }
        }
        return false
    }
}

/// One line of `/etc/passwd`, byte for byte: the number in its third field, and the sixth behind `HOME=`.
@safe private struct UserLine {
    private let text: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private var field = 0
    private var number: UInt64 = 0
    private var isNumber = false
    private var count = 5

    init(text: UnsafeMutablePointer<UInt8>, capacity: Int) {
        unsafe self.text = unsafe text
        self.capacity = capacity
        unsafe text[0] = UInt8(ascii: "H")
        unsafe text[1] = UInt8(ascii: "O")
        unsafe text[2] = UInt8(ascii: "M")
        unsafe text[3] = UInt8(ascii: "E")
        unsafe text[4] = UInt8(ascii: "=")
    }

    mutating func append(_ byte: UInt8) {
        if byte == UInt8(ascii: ":") {
            field += 1
        } else if field == 2 {
            let digit = byte &- UInt8(ascii: "0")
            // Above every user id it stays there.
            number = digit < 10 ? min(number * 10 + UInt64(digit), 1 << 40) : 1 << 40
            isNumber = true
        } else if field == 5 {
            if count < capacity - 1 { unsafe text[count] = byte }
            count += 1
        }
    }

    /// Ends the line; whether it is about `uid` and has a home directory, which is ended by a NUL then.
    mutating func end(of uid: UInt32) -> Bool {
        let isFound = field >= 5 && isNumber && number == UInt64(uid) && count > 5 && count < capacity
        if isFound {
            unsafe text[count] = 0
            return true
        }
        (field, number, isNumber, count) = (0, 0, false, 5)
        return false
    }

    /// For a user without a line.
    func useRoot() {
        unsafe text[5] = UInt8(ascii: "/")
        unsafe text[6] = 0
    }
}
