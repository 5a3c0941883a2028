// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import TestSupport
import Testing

/// A container is set up as it should be, or not at all.
@Suite("A container of skiff-oci, where a system call is missing or fails,", .requires(.root, .programs, .busybox))
struct OCIWeakerTests {
    /// What a program in the container can see of its confinement.
    private static let probe = """
        b=/bin/busybox; cd /proc/self/fd; echo *; cd /
        $b grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid|Gid|Groups|Umask)' /proc/self/status
        $b awk '{ print $4, $5, $6, $(NF - 2) }' /proc/self/mountinfo | $b sort
        $b hostname; pwd; ulimit -a; cat /proc/self/oom_score_adj; cat /proc/keys 2>&1; echo $$; id
        $b ls -l /proc/1/ns | $b wc -l; echo /* /dev/*; echo x >/proc/sys/kernel/domainname; cat /proc/self/attr/current
        (echo x >/dev/mem) 2>&1; $b stat -c '%a %u %t:%T %n' /dev/*; $b env | $b sort; exit 0
        """

    private func bundle() throws -> OCIBundle {
        let bundle = try OCIBundle(script: Self.probe)
        bundle.configuration.linux?.seccomp = try LinuxSeccomp(
            json: #"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["acct"],"action":"SCMP_ACT_ERRNO"}]}"#
        )
        bundle.configuration.linux?.sysctl = ["net.ipv4.ip_unprivileged_port_start": "0"]
        try bundle.save()
        return bundle
    }

    @Test(
        "is the same, or there is none and the call is named",
        .rows(
            "K-openat2",
            "K-open_tree",
            "K-move_mount",
            "K-fsopen",
            "K-mount_setattr",
            "K-close_range",
            "K-clone3",
            "K-pidfd_open",
            "K-memfd_create"
        ),
        .requires(.compiler),
        arguments: LackingKernel.calls
    )
    func missing(call: String) throws {
        let bundle = try bundle()
        let lacking = try LackingKernel.make(in: bundle.directory.path.string)
        let normal = try bundle.shell("exec 9</; $oci run $id </dev/null")
        #expect(normal.status == 0, "\(normal.errors)")
        let result = try bundle.shell("exec 9</; timeout 60 \(lacking) \(call) $oci run $id </dev/null")
        if result.status == 0 {
            #expect(result.output == normal.output, "\(call)")
        } else {
            #expect(result.status == 1)
            #expect(result.errors.contains(call), "\(call): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
        #expect(try bundle.remains() == "")
    }

    @Test(
        "is the same, or there is none, whichever call of its init fails",
        .rows("F-09", "CVE-2016-8659"),
        .enabled(if: (try? Command.run(["strace", "-V"]).status) == 0, "needs strace"),
        arguments: Array(["EPERM", "EIO", "ENOMEM", "EMFILE", "EINTR"].enumerated())
    )
    func failing(part: Int, error: String) throws {
        let bundle = try bundle()
        // The calls of the init, the process that moves mounts, each with its number among its kind, dealt out to the
        // errors. `umask` is not among them: it cannot fail, and strace would only keep it from being made. What comes
        // after `execve` is busybox's, and what its children do under the same numbers would fail there, too.
        let result = try bundle.shell(
            """
            exec 9</; $oci run $id </dev/null >normal 2>&1
            strace -f -o trace $oci run $id </dev/null >/dev/null 2>&1
            init=$(grep -m 1 ' move_mount(' trace | cut -d ' ' -f 1)
            sed -n "s/^$init *\\([a-z][a-z0-9_]*\\)(.*/\\1/p" trace | awk '
                { call[NR] = $1 } $1 == "execve" { last = NR }
                END { for (i = 1; i < last; i++) print call[i], ++count[call[i]] }' |
                grep -Ev '^(execve|umask) ' >all
            last=$(grep -n "^$init *execve(" trace | tail -n 1 | cut -d : -f 1)
            awk -v last="$last" 'NR <= last { early[$1] = 1; next }
                !($1 in early) && match($2, /^[a-z][a-z0-9_]*\\(/) {
                    call = substr($2, 1, RLENGTH - 1); print call, ++count[$1, call] }' trace | sort -u >theirs
            grep -vxFf theirs all | awk 'NR % 5 == \(part)' >points
            while read call number; do
                timeout 60 strace -f -o /dev/null -e inject=$call:error=\(error):when=$number \\
                    $oci run $id </dev/null >out 2>&1
                rc=$?
                [ $rc != 0 ] || cmp -s out normal || { echo "$call $number: weaker"; diff out normal; }
                [ $rc != 124 ] || echo "$call $number: hangs"
                timeout 60 $oci delete --force $id || echo "$call $number: delete $?"
                [ -z "$(ls -A state)" ] || echo "$call $number: $(ls -A state)"
            done <points
            [ "$(wc -l <points)" -ge 10 ] || echo "few calls: $(cat points)"
            """
        )
        #expect(result.output == "", "\(result.errors)")
        #expect(try bundle.remains() == "")
    }
}
