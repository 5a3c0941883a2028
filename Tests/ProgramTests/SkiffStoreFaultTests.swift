// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

/// What the store is like after skiff was killed, or had no room.
@Suite("skiff's store, after a fault", .requires(.root, .overlay, .programs, .busybox, .tar, .registry))
struct SkiffStoreFaultTests {
    /// What is done to a store, and what the store is like before.
    enum Operation: String, CaseIterable, CustomTestStringConvertible {
        case pull, load, tag, rmi, prune

        var testDescription: String { rawValue }

        /// Shell commands; `$k` is skiff with the store, `$N` the image in a registry, `$D/saved` in an archive.
        var before: String {
            switch self {
            case .pull, .load: ":"
            case .tag, .rmi, .prune: "$k pull -q $N >/dev/null"
            }
        }

        var command: String {
            switch self {
            case .pull: "pull -q $N"
            case .load: "load -q -i $D/saved"
            case .tag: "tag $N other:v2"
            case .rmi: "rmi $N"
            case .prune: "prune -f -a"
            }
        }

        /// What holds once the command has succeeded.
        var after: String {
            switch self {
            case .pull, .load: "$k run --cgroup-parent $C --rm --pull never $N true"
            case .tag: "$k run --cgroup-parent $C --rm --pull never other:v2 true"
            case .rmi, .prune: #"[ -z "$($k images -q)$(ls $D/k/images/blobs/sha256)" ]"#
            }
        }
    }

    @Test(
        "is sound when the process was killed at any call that changes files, and the same command then succeeds",
        .rows("F-01", "F-02", "F-03"),
        .enabled(if: (try? Command.run(["strace", "-V"]).status) == 0, "needs strace"),
        arguments: Operation.allCases
    )
    func killed(operation: Operation) throws {
        let store = try SkiffStore()
        let server = try LocalRegistry(.plain)
        let name = "\(server.name)/bb:v1"
        try store.expect(0, "push", "-q", "bb", name)
        try store.expect(0, "tag", "bb", name)
        try store.expect(0, "save", "-o", "\(store.path)/saved", name)
        // A dozen of the calls, others each time. A command that had been done already fails by saying so.
        let result = try store.shell(
            """
            N=\(name); k="$S --root $D/k"
            again() { rm -rf $D/k; \(operation.before); }
            again; strace -f -o $D/trace $k \(operation.command) >/dev/null
            for call in openat2 write ftruncate fsync syncfs renameat2 mkdirat unlinkat fchmod fchownat utimensat fcntl; do
                count=$(grep -c " $call(" $D/trace); [ $count = 0 ] || echo $call $(shuf -i 1-$count -n 1)
            done | shuf -n 6 >$D/points
            while read call number; do
                again
                strace -f -o /dev/null -e inject=$call:signal=KILL:when=$number $k \(operation.command) >/dev/null 2>&1
                $k fsck >$D/out 2>&1 || { echo $call $number: unsound; cat $D/out; }
                $k \(operation.command) >/dev/null 2>$D/out || grep -q 'does not hold it' $D/out || { echo $call $number; cat $D/out; }
                $k prune >/dev/null
                \(operation.after) || echo $call $number: not done
                $k fsck >$D/out 2>&1 || { echo $call $number: unsound; cat $D/out; }
                [ -z "$(ls -A $D/k/snapshots/ingest)" ] || echo $call $number: left in ingest
            done <$D/points
            echo end
            """
        )
        #expect(result.output == "end\n", "\(result.errors)")
    }

    @Test(
        "is sound when the disk was full, or had no room for more files, and the pull goes on when there is room",
        .rows("F-08"),
        arguments: ["size=900k", "nr_inodes=40"]
    )
    func full(limit: String) throws {
        let store = try SkiffStore()
        let server = try LocalRegistry(.plain)
        let name = "\(server.name)/bb:v1"
        try store.expect(0, "push", "-q", "bb", name)
        let result = try store.shell(
            """
            mkdir $D/small
            unshare -m sh -ec '
                mount -t tmpfs -o \(limit) none $D/small; k="$S --root $D/small/store"
                if $k pull -q \(name) 2>$D/out; then echo enough room; fi
                grep -c "no space left on device" $D/out; wc -l <$D/out
                mount -o remount,size=64m,nr_inodes=10000 $D/small
                $k fsck >$D/out || cat $D/out
                $k pull -q \(name); $k run --cgroup-parent $C --rm \(name) echo ran; $k fsck >/dev/null'
            """
        )
        #expect(result.output == "1\n1\n\(name)\nran\n", "\(result.errors)")
    }
}
