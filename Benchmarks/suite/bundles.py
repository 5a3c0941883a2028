# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""Bundles with docker's default configuration, and the same as a plan for the floor program."""
import json
import os
import shutil

from suite import measure

CAPABILITIES = [
    "CAP_" + name
    for name in (
        "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE"
    ).split()
]
ATTRIBUTES = {"ro": 1, "nosuid": 2, "nodev": 4, "noexec": 8, "strictatime": 0x20}
NAMESPACES = {
    "mount": 0x20000, "uts": 0x4000000, "ipc": 0x8000000, "pid": 0x20000000, "network": 0x40000000,
}
NODES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx"}


class Bundle:
    """A bundle whose container runs the payload."""

    def __init__(self, directory, payload, ours, profile=None, network=True, cgroup_mount=True, extra_mounts=0):
        self.directory = directory
        self.root = os.path.join(directory, "rootfs")
        os.makedirs(self.root)
        shutil.copy(payload, os.path.join(self.root, "payload"))
        for name in ("proc", "dev", "sys"):
            os.mkdir(os.path.join(self.root, name))
        measure.output([ours, "spec", "--bundle", directory])
        self.config = self._configuration(profile, network, cgroup_mount, extra_mounts)
        with open(os.path.join(directory, "config.json"), "w") as file:
            json.dump(self.config, file)

    def _configuration(self, profile, network, cgroup_mount, extra_mounts):
        with open(os.path.join(self.directory, "config.json")) as file:
            config = json.load(file)
        # Debian's runc and crun know version 1.0.
        config["ociVersion"] = "1.0.2"
        config["root"]["readonly"] = False
        config["process"].update(args=["/payload"], terminal=False)
        config["process"]["capabilities"] = {name: CAPABILITIES for name in ("bounding", "effective", "permitted")}
        config["process"].pop("rlimits", None)
        if profile:
            config["linux"]["seccomp"] = profile
        if not network:
            config["linux"]["namespaces"] = [entry for entry in config["linux"]["namespaces"] if entry["type"] != "network"]
        if not cgroup_mount:
            config["mounts"] = [mount for mount in config["mounts"] if mount["type"] != "cgroup"]
        for number in range(extra_mounts):
            os.mkdir(os.path.join(self.root, f"m{number}"))
            config["mounts"].append({"destination": f"/m{number}", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid"]})
        return config

    def floor_plan(self, path, filter_file=None):
        """Writes the steps of this bundle's launch for floor.c, and gives `path` back."""
        config = self.config
        namespaces = {entry["type"] for entry in config["linux"]["namespaces"]}
        steps = [("cgroup", parent) for parent in cgroup_parents()]
        steps.append(("namespaces", sum(NAMESPACES[name] for name in namespaces if name in NAMESPACES)))
        steps.append(("root", self.root))
        for mount in config["mounts"]:
            steps += cgroup_mounts(mount) if mount["type"] == "cgroup" else [mount_step(mount)]
        steps += [("node", f"/dev/{name}", *numbers) for name, numbers in NODES.items()]
        steps += [("link", f"/dev/{name}", destination) for name, destination in LINKS.items()]
        steps += [("readonly", entry) for entry in config["linux"].get("readonlyPaths", [])]
        steps += [("mask", entry) for entry in config["linux"].get("maskedPaths", [])]
        steps.append(("hostname", config.get("hostname", "floor")))
        if "network" in namespaces:
            steps.append(("loopback",))
        if filter_file:
            steps.append(("filter", filter_file))
        steps.append(("execute", "/payload"))
        with open(path, "w") as file:
            for step in steps:
                file.write("\t".join(str(word) for word in step) + "\n")
        return path


def mount_step(mount):
    attributes = sum(ATTRIBUTES.get(option, 0) for option in mount.get("options", []))
    options = [option for option in mount.get("options", []) if option not in ATTRIBUTES and option not in ("rw", "relatime")]
    return ("mount", mount["type"], mount["destination"], attributes, ",".join(options) or "-")


def hierarchies():
    """The mounted control group hierarchies: (mount point, file system, controllers or name)."""
    found = []
    with open("/proc/self/mountinfo") as file:
        for line in file:
            fields = line.split()
            kind, options = fields[fields.index("-") + 1], fields[-1].split(",")
            if kind in ("cgroup", "cgroup2") and fields[4].startswith("/sys/fs/cgroup"):
                found.append((fields[4], kind, [option for option in options if option not in ("rw", "ro", "xattr", "nsdelegate", "memory_recursiveprot")]))
    return found


def cgroup_parents():
    return [point for point, _, _ in hierarchies()]


def cgroup_mounts(mount):
    """The steps for a mount of type cgroup: cgroup2 alone, or a tmpfs with one mount for each hierarchy."""
    read_only = 15
    if [kind for _, kind, _ in hierarchies()] == ["cgroup2"]:
        return [("mount", "cgroup2", mount["destination"], read_only, "-")]
    steps = [("mount", "tmpfs", mount["destination"], 14, "mode=755")]
    for point, kind, options in hierarchies():
        target = f"{mount['destination']}/{os.path.basename(point)}"
        words = ["none" if not option.startswith("name=") and option == "" else option for option in options]
        if any(option.startswith("name=") for option in words):
            words.insert(0, "none")
        steps.append(("mount", kind, target, read_only, ",".join(words) if kind == "cgroup" else "-"))
    return steps
