// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

package import SystemPackage

/// Makes one system call, again while it is interrupted, and turns a negated error number into an error.
///
/// - Parameters:
///   - call: The call's name in section 2 of the manual.
///   - path: The path or object it is given, for the error.
///   - body: The call: returns a value `>= 0`, or a negated error number, as every `clinux_` function does.
/// - Returns: What the call returned.
/// - Throws: ``SystemCallError`` with the call's error number.
@discardableResult
package func systemCall<Value: FixedWidthInteger & SignedInteger>(
    _ call: String,
    path: FilePath? = nil,
    _ body: () -> Value
) throws(SystemCallError) -> Value {
    while true {
        let result = body()
        if result >= 0 { return result }
        let errno = Errno(rawValue: CInt(-result))
        if errno != .interrupted { throw SystemCallError(call: call, path: path, errno: errno) }
    }
}
