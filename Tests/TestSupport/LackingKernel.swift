// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Runs programs as on a kernel that lacks one system call: a filter answers `ENOSYS` to it. Needs a C compiler.
package enum LackingKernel {
    /// The calls that can be taken away.
    package static let calls = [
        "openat2", "open_tree", "move_mount", "fsopen", "mount_setattr", "close_range", "clone3", "pidfd_open",
        "memfd_create",
    ]

    /// Compiles the program into `directory`: it takes the name of a call, and a command to execute without it.
    ///
    /// - Returns: Its path.
    package static func make(in directory: String) throws -> String {
        let path = "\(directory)/lacking"
        let result = try Command.run(["sh", "-c", "printf '%s' \"$1\" | cc -x c -o \"$2\" -", "sh", source, path])
        guard result.status == 0 else { throw NotCompiled(errors: result.errors) }
        return path
    }

    struct NotCompiled: Error { let errors: String }

    private static var source: String {
        let names = calls.map { "{\"\($0)\", SYS_\($0)}," }.joined()
        return """
            #include <errno.h>
            #include <linux/filter.h>
            #include <linux/seccomp.h>
            #include <stddef.h>
            #include <string.h>
            #include <sys/prctl.h>
            #include <sys/syscall.h>
            #include <unistd.h>
            #ifndef SYS_mount_setattr
            #define SYS_mount_setattr 442
            #endif
            static const struct { const char *name; int number; } calls[] = {\(names)};
            int main(int count, char **arguments) {
                int number = -1;
                for (unsigned i = 0; count > 2 && i < sizeof calls / sizeof *calls; i++)
                    if (strcmp(calls[i].name, arguments[1]) == 0) number = calls[i].number;
                if (number < 0) return 99;
                struct sock_filter code[] = {
                    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
                    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
                    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                };
                struct sock_fprog program = {sizeof code / sizeof *code, code};
                if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 98;
                execvp(arguments[2], arguments + 2);
                return 97;
            }

            """
    }
}
