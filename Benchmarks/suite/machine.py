# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""What machine this is, and which versions of ours and of the peers are there."""
import os
import platform
import shutil
import subprocess

PEERS = ("runc", "crun", "bwrap", "umoci", "skopeo", "bsdtar", "tar", "zstd")


def facts(top):
    """The machine, its kernel, and the first line of each program's --version."""
    return {
        "kernel": platform.release(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 30} GiB",
        "cgroups": cgroups(),
        "load": round(os.getloadavg()[0], 2),
        "versions": {name: version(name) for name in PEERS if shutil.which(name)},
        "skiff": first_line(["git", "-C", top, "describe", "--always", "--dirty"]),
    }


def processor():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def cgroups():
    if os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
        return "version 2"
    return "hybrid" if os.path.isdir("/sys/fs/cgroup/unified") else "version 1"


def version(name):
    return first_line([name, "--version"])


def first_line(arguments):
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else "?"
