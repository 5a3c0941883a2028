# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""What the cases run: our programs, the payload, the floor program, and the place where crun works."""
import os
import subprocess

from suite import measure


class Tools:
    """Builds what has to be built; `close` ends what was started."""

    def __init__(self, here, work, quick):
        self.oci = os.path.join(os.path.dirname(here), "bin/skiff-oci")
        self.skiff = os.path.join(os.path.dirname(here), "bin/skiff")
        self.bench = os.path.join(here, ".build/release/skiff-bench")
        self.payload, self.floor = os.path.join(work, "payload"), os.path.join(work, "floor")
        self.crowd = 100 if quick else 1000
        measure.output(["swift", "build", "--package-path", here, "-c", "release"])
        for program in (self.payload, self.floor):
            source = os.path.join(here, "suite", os.path.basename(program) + ".c")
            measure.output(["cc", "-static", "-O2", "-o", program, source])
        self._keeper = None
        self.without_unified = []
        if os.path.isdir("/sys/fs/cgroup/unified"):
            self._leave_unified()

    def _leave_unified(self):
        """crun refuses hybrid layouts: a mount namespace without the version 2 hierarchy is kept for it."""
        script = "umount /sys/fs/cgroup/unified && echo ready && exec sleep infinity"
        self._keeper = subprocess.Popen(["unshare", "--mount", "sh", "-c", script], stdout=subprocess.PIPE)
        if self._keeper.stdout.readline() != b"ready\n":
            raise measure.Failed("a mount namespace without the version 2 hierarchy could not be made")
        self.without_unified = ["nsenter", f"--mount=/proc/{self._keeper.pid}/ns/mnt"]

    def close(self):
        if self._keeper:
            self._keeper.kill()
            self._keeper.wait()
