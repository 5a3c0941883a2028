// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

/// An image of traps: libraries that a C library loads on its own, and programs that other engines start by name.
@Suite(
    "An image whose libraries and programs are traps for the host",
    .requires(.root, .overlay, .programs, .busybox, .tar, .compiler),
    .enabled(if: (try? Command.run(["strace", "-V"]).status) == 0, "needs strace")
)
struct SkiffHostCodeTests {
    /// What a trap does: it leaves a root that it is merely in, and is on the host then; what was made the root of a mount
    /// namespace cannot be left. The directory is on the host alone.
    private static let trap = """
        #include <fcntl.h>
        #include <stdio.h>
        #include <sys/stat.h>
        #include <unistd.h>
        static void leave(void) {
            char path[4096];
            mkdir("/.left", 0700);
            if (chdir("/") == 0 && chroot("/.left") == 0) {
                for (int i = 0; i < 64; i++) (void)!chdir("..");
                (void)!chroot(".");
            }
            snprintf(path, sizeof path, "%s/%d", CANARY, (int)getpid());
            int file = open(path, O_CREAT | O_WRONLY, 0600);
            if (file >= 0) close(file);
        }
        #ifdef PROGRAM
        int main(void) { leave(); return 0; }
        #else
        __attribute__((constructor)) static void loaded(void) { leave(); }
        #endif
        """

    /// A program that does what peers did: it enters a root and asks for a user by name.
    private static let victim = """
        #include <pwd.h>
        #include <unistd.h>
        int main(int count, char **arguments) {
            if (chroot(arguments[1]) != 0 || chdir("/") != 0) return 1;
            if (count > 2) execlp(arguments[2], arguments[2], (char *)0);
            getpwnam("nobody-of-this-name");
            return 0;
        }
        """

    /// The image `traps`: that of the store, with traps in every place where they are looked for.
    private func makeImage(_ store: SkiffStore) throws {
        let names =
            "tar gzip unpigz pigz xz zstd nsenter runc criu iptables modprobe newuidmap ps cp su getent ldconfig skiff-oci"
        let made = try store.shell(
            #"""
            set -e; cd "$D"; mkdir canary; chmod 777 canary
            cat >trap.c <<'END'
            \#(Self.trap)
            END
            cat >victim.c <<'END'
            \#(Self.victim)
            END
            cc -shared -fPIC -nostartfiles -DCANARY="\"$D/canary\"" -o trap.so trap.c
            cc -static -DPROGRAM -DCANARY="\"$D/canary\"" -o trap trap.c; cc -o victim victim.c
            echo /lib/trap.so >root/etc/ld.so.preload
            printf '%s: trap files\n' passwd group shadow hosts initgroups networks services >root/etc/nsswitch.conf
            mkdir -p root/lib/x86_64-linux-gnu/gconv root/lib64 root/usr/lib/x86_64-linux-gnu root/usr/bin root/sbin root/usr/sbin root/usr/local/bin
            for library in libnss_trap.so.2 libnss_files.so.2 libnss_dns.so.2 libnss_compat.so.2 libc.so.6 libz.so.1 \
                libarchive.so.13 libisal.so.2 libgcc_s.so.1 libm.so.6 libpthread.so.0 libstdc++.so.6 trap.so; do
                for place in lib lib/x86_64-linux-gnu lib64 usr/lib usr/lib/x86_64-linux-gnu; do cp --remove-destination trap.so root/$place/$library; done
            done
            cp trap.so root/lib/x86_64-linux-gnu/gconv/UTF-16.so
            for name in \#(names); do
                for place in bin sbin usr/bin usr/sbin usr/local/bin; do cp --remove-destination trap root/$place/$name; done
            done
            head -c 3000000 /dev/urandom >big; tar -C root -czf traps.tar.gz .
            $S --root $R import "$D/traps.tar.gz" traps >/dev/null
            """#
        )
        #expect(made.status == 0, "\(made.errors)")
    }

    @Test("springs none of them by anything that skiff does with it", .rows("CVE-2019-14271"))
    func traps() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "-t", "0", "web", "idle"]) }
        try makeImage(store)
        let result = try store.shell(
            #"""
            cd "$D"; exec 2>&1
            k() { strace -f -qq -y -s 300 -e trace=execve,execveat,mmap -o "trace.$((count += 1))" "$S" --root "$R" "$@" </dev/null >>out 2>&1 || echo "$* failed: $(tail -n 1 out)"; }
            (k run -d --cgroup-parent $C --name web -u alice traps sleep 600) & tracer=$!
            for wait in $(seq 300); do $S --root $R exec web true 2>/dev/null && break; sleep 0.1; done; count=100
            k create --cgroup-parent $C --name idle traps true
            mkdir -p d/e; echo one >d/e/f; tar -czf d.tar.gz d
            for c in web idle; do
                k cp big $c:/srv/; k cp d $c:/srv; k cp -a d $c:/tmp; k cp $c:/srv/big back; k cp $c:/etc tree.$c
                k cp $c:/etc -; k diff $c; k export -o $c.tar $c; k commit $c made-$c
            done
            k exec web true; k exec -u alice:crew web id; k top web; k stats --no-stream web; k logs web; k inspect web
            k start -a idle; k save -o saved traps; k load -i saved; k history traps; k layers traps
            mkdir out.d; k unpack traps out.d/t; k extract traps /etc back.d; k mount traps; k unmount "$(tail -n 1 out)"; k stop -t 0 web; k rm idle web; k fsck; k df; wait $tracer
            ls canary
            """#
        )
        #expect(result.output == "", "\(result.output)")
        // Copies of such files are data: none of them is mapped to be executed.
        let mapped = try store.shell(
            #"""
            cd "$D"; cat trace.* | grep -aE ' mmap\(.*PROT_EXEC' | grep -aE "<($D|[^>]*/(upper|merged|snapshots)/)"
            cat trace.* | grep -aE ' execveat?\(' | grep -v ' = -1' | grep -aE "\"$D|<$D" | grep -vF "\"$S\""
            """#
        )
        #expect(mapped.output == "", "\(mapped.output)")
        // The traps are ones: a program that enters the root and asks for a user, or runs a program by name, springs them.
        let control = try store.shell(
            #"""
            cd "$D"; ./victim root; ls canary | wc -l; rm -f canary/*; LD_PRELOAD="$D/root/lib/trap.so" /bin/true; ls canary | wc -l; rm -f canary/*
            root/usr/bin/xz; ls canary | wc -l
            """#
        )
        #expect(control.output == "1\n1\n1\n", "\(control.output)\(control.errors)")
        try store.expectNothingLeft()
    }
}
