# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""Launches: in one process with the library, by the command, by the peers, and by the floor program."""
import concurrent.futures
import json
import os
import shutil
import tempfile
import time

from suite import measure
from suite.bundles import Bundle

FIRST = "the first launch of a process, docker's seccomp profile"
PROFILE = "launch, docker's configuration and seccomp profile"
PLAIN = "launch, docker's configuration without seccomp"
HOST_NETWORK = "launch, the host's network, docker's seccomp profile"
POOL = "launch in-process and from a pool with one waiting, docker's seccomp profile"
STEPS = "create + start + delete, docker's seccomp profile"
EXEC = "a process added to a running container, docker's seccomp profile"
HEAP = "launch in-process by memory of the host process"
MOUNTS = "launch by number of additional mounts"
PARALLEL = "launches at once: time for each"
CROWD = "launch in-process beside containers alive"
MEMORY = "memory"
WAITING = "memory of a container that waits in a pool"
START = "start-up"


class Spawn:
    """The cases that launch containers. Everything is made below `work`."""

    def __init__(self, results, tools, work, rounds):
        self.results, self.tools, self.work, self.rounds = results, tools, work, rounds
        # Runtimes keep the state of running containers in /run, which is a tmpfs where a machine was booted.
        self.memory = tempfile.TemporaryDirectory(prefix="skiff-bench-", dir="/dev/shm")
        self.state = self.memory.name
        self.profile = json.loads(measure.output([tools.bench, "profile"]))
        self.filter = os.path.join(work, "filter")
        measure.output([tools.bench, "filter", self.filter])

    # What the cases run.

    def bundle(self, name, **options):
        return Bundle(os.path.join(self.work, name), self.tools.payload, self.tools.oci, **options)

    # Of launches in one process the first is left out, unless it alone is asked for: it has a case of its own.

    def floor(self, bundle, filtered=True, first=False):
        plan = bundle.floor_plan(bundle.directory + ".plan", self.filter if filtered else None)
        command = [self.tools.floor, plan, "1" if first else "2"]
        return " ".join(command), lambda _: [float(line) for line in measure.output(command).split()][0 if first else 1:]

    def in_process(self, bundle, heap=10, count=1, first=False):
        command = [self.tools.bench, "launch", bundle.directory, self.state + "/skiff", str(1 if first else count + 1), str(heap)]
        return " ".join(command), lambda _: json.loads(measure.output(command))[0 if first else 1:]

    def pool(self, bundle):
        """Launches with a container prepared ahead, beside those without; and what waits costs."""
        command = [self.tools.bench, "pool", bundle.directory, self.state + "/skiff"]
        cases = {
            "skiff in-process": self.in_process(bundle),
            "skiff LaunchPool": (" ".join(command), lambda _: json.loads(measure.output([*command, "1"]))["times"]),
        }
        measure.alternate(self.results, POOL, cases, self.rounds)
        waiting = json.loads(measure.output([*command, "1"]))["waitingBytes"]
        self.results.add(self.results.group(WAITING, unit="KiB"), "init's own pages", [waiting / 1024])

    def runtimes(self):
        """The command line up to the subcommand of each runtime that is there."""
        found = {"skiff-oci": [self.tools.oci, "--root", self.state + "/oci"]}
        if shutil.which("crun"):
            found["crun"] = [*self.tools.without_unified, "crun", "--root", self.state + "/crun"]
        else:
            self.results.lacks("crun is not installed")
        if shutil.which("runc"):
            found["runc"] = ["runc", "--root", self.state + "/runc"]
        else:
            self.results.lacks("runc is not installed")
        return found

    def runs(self, bundle):
        return {
            f"{name} run": (" ".join(command) + " run", self._run(command, bundle))
            for name, command in self.runtimes().items()
        }

    @staticmethod
    def _run(command, bundle):
        return lambda number: measure.timed(*command, "run", "--bundle", bundle.directory, f"bench-{number}")

    # The cases.

    def measure(self):
        filtered, plain = self.bundle("filtered", profile=self.profile), self.bundle("plain")
        host = self.bundle("host-network", profile=self.profile, network=False)
        self.launches(PROFILE, filtered, True)
        first = {"floor": self.floor(filtered, first=True), "skiff in-process": self.in_process(filtered, first=True)}
        measure.alternate(self.results, FIRST, first, self.rounds)
        self.launches(PLAIN, plain, False)
        measure.alternate(self.results, HOST_NETWORK, {"floor": self.floor(host), "skiff in-process": self.in_process(host)}, self.rounds)
        self.pool(filtered)
        self.sandbox(plain)
        self.steps(filtered)
        self.execs(filtered)
        self.phases(filtered)
        self.heaps(filtered)
        self.mounts()
        self.parallel(filtered)
        self.crowd(filtered)
        self.start_up()
        self.targets()

    def launches(self, title, bundle, filtered):
        cases = {"floor": self.floor(bundle, filtered), "skiff in-process": self.in_process(bundle), **self.runs(bundle)}
        if filtered and (image := self.image()):
            cases["skiff Container.run(image)"] = image
        measure.alternate(self.results, title, cases, self.rounds)

    def image(self):
        """A run of an image by the scoped API: container made, launched, output captured, removed."""
        if not (shutil.which("umoci") and shutil.which("skopeo")):
            return self.results.lacks("umoci or skopeo is not installed: no runs of an image")
        layout, layer, archive = (os.path.join(self.work, name) for name in ("image", "image-layer.tar", "image.tar"))
        measure.output(["umoci", "init", "--layout", layout])
        measure.output(["umoci", "new", "--image", layout + ":x"])
        measure.output(["tar", "-C", self.work, "-cf", layer, "payload"])
        measure.output(["umoci", "raw", "add-layer", "--image", layout + ":x", layer])
        measure.output(["skopeo", "copy", "-q", f"oci:{layout}:x", f"oci-archive:{archive}:x"])
        command = [self.tools.bench, "run", archive, self.work + "/store", "1", "/payload"]
        return " ".join(command), lambda _: json.loads(measure.output(command))

    def sandbox(self, bundle):
        if not shutil.which("bwrap"):
            return self.results.lacks("bwrap is not installed")
        command = ["bwrap", "--unshare-all", "--bind", bundle.root, "/", "--proc", "/proc", "--dev", "/dev", "/payload"]
        cases = {"bwrap --unshare-all": (" ".join(command), lambda _: measure.timed(*command))}
        return measure.alternate(self.results, "another sandbox: fewer mounts, no control groups, no seccomp", cases, self.rounds)

    def steps(self, bundle):
        def case(command):
            def run(number):
                name = f"steps-{number}"
                time = measure.timed(*command, "create", "--bundle", bundle.directory, name) + measure.timed(*command, "start", name)
                # The payload ends at once; a runtime that still sees it running is asked to remove it all the same.
                return time + measure.timed(*command, "delete", "--force", name)
            return run

        cases = {name: (" ".join(command), case(command)) for name, command in self.runtimes().items()}
        measure.alternate(self.results, STEPS, cases, self.rounds)

    def execs(self, bundle):
        command = [self.tools.bench, "exec", bundle.directory, self.state + "/skiff", "1"]
        cases = {
            "the payload alone": (self.tools.payload, lambda _: measure.timed(self.tools.payload)),
            "skiff in-process": (" ".join(command), lambda _: json.loads(measure.output(command))),
        }
        staying = self.bundle("staying", profile=self.profile)
        staying.config["process"]["args"].append("--stay")
        with open(os.path.join(staying.directory, "config.json"), "w") as file:
            json.dump(staying.config, file)
        runtimes = self.runtimes()
        for name, runtime in runtimes.items():
            measure.timed(*runtime, "run", "--detach", "--bundle", staying.directory, f"exec-{name}")
            cases[f"{name} exec"] = (" ".join(runtime) + " exec", self._exec(runtime, f"exec-{name}"))
        try:
            measure.alternate(self.results, EXEC, cases, self.rounds)
        finally:
            for name, runtime in runtimes.items():
                measure.timed(*runtime, "delete", "--force", f"exec-{name}")

    @staticmethod
    def _exec(runtime, container):
        return lambda _: measure.timed(*runtime, "exec", container, "/payload")

    def phases(self, bundle):
        command = [self.tools.bench, "trace", bundle.directory, self.state + "/skiff"]
        self.results.document["phases"] = json.loads(measure.output(command))

    def heaps(self, bundle):
        group = self.results.group(HEAP, axis="MiB")
        sizes = (10, 100, 1024, 4096)
        points = {size: [] for size in sizes}
        for _ in range(3):
            for size in sizes:
                points[size] += self.in_process(bundle, heap=size, count=self.rounds)[1](0)
        self.results.add(group, "skiff in-process", [[size, value] for size in sizes for value in points[size]])
        for size in sizes:
            self.results.add(self.results.group(f"{HEAP}: {size} MiB"), "skiff in-process", points[size])

    def mounts(self):
        group = self.results.group(MOUNTS, axis="mounts")
        curves = {}
        for count in (0, 16, 64, 128):
            bundle = self.bundle(f"mounts-{count}", extra_mounts=count)
            cases = {"floor": self.floor(bundle, False), "skiff in-process": self.in_process(bundle), **self.runs(bundle)}
            for number in range(max(3, self.rounds // 4) + 1):
                for name, (_, case) in cases.items():
                    value = case(number)
                    if number:
                        curves.setdefault(name, []).append([count, value[0] if isinstance(value, list) else value])
        for name, values in curves.items():
            self.results.add(group, name, values)

    def parallel(self, bundle):
        group = self.results.group(PARALLEL, axis="at once")
        widths = (1, 2, 4, 8, 16, 32, 64)
        values = []
        for width in widths:
            command = [self.tools.bench, "parallel", bundle.directory, self.state + "/skiff", str(max(2, 64 // width)), str(width)]
            values += [[width, json.loads(measure.output(command))[0]] for _ in range(3)]
        self.results.add(group, "skiff in-process", values)
        for name, command in self.runtimes().items():
            curve = [[width, value] for width in widths for value in self._at_once(command, bundle, width)]
            self.results.add(group, f"{name} run", curve)

    @staticmethod
    def _at_once(command, bundle, width):
        with concurrent.futures.ThreadPoolExecutor(width) as pool:
            start = time.monotonic()
            count = max(2, 32 // width) * width
            list(pool.map(lambda number: measure.timed(*command, "run", "--bundle", bundle.directory, f"wide-{number}"), range(count)))
            return [(time.monotonic() - start) * 1e3 / count]

    def crowd(self, bundle):
        command = [self.tools.bench, "crowd", bundle.directory, self.state + "/skiff", str(self.tools.crowd)]
        measured = json.loads(measure.output(command))
        group = self.results.group(CROWD)
        self.results.add(group, "none alive", measured["first"], " ".join(command))
        self.results.add(group, f"{self.tools.crowd} alive", measured["last"])
        memory = self.results.group(MEMORY, unit="KiB")
        self.results.add(memory, "created container, init's own pages", [measured["createdInitBytes"] / 1024])
        self.results.add(memory, "host process, per container alive", [measured["hostBytesPerContainer"] / 1024])

    def start_up(self):
        cases = {
            "a static C program": (self.tools.payload, lambda _: measure.timed(self.tools.payload)),
            "skiff-oci --version": ("skiff-oci --version", lambda _: measure.timed(self.tools.oci, "--version")),
        }
        for peer in ("crun", "runc"):
            if shutil.which(peer):
                cases[f"{peer} --version"] = (f"{peer} --version", lambda _, peer=peer: measure.timed(peer, "--version"))
        measure.alternate(self.results, START, cases, self.rounds)

    def targets(self):
        target = self.results.target
        target("in-process to the floor", (PROFILE, "skiff in-process"), (PROFILE, "floor"), 1.5)
        target("in-process to crun run", (PROFILE, "skiff in-process"), (PROFILE, "crun run"), 1 / 8)
        target("in-process to runc run", (PROFILE, "skiff in-process"), (PROFILE, "runc run"), 1 / 15)
        target("in-process, host's network, to its floor", (HOST_NETWORK, "skiff in-process"), (HOST_NETWORK, "floor"), 1.5)
        target("from a pool to in-process", (POOL, "skiff LaunchPool"), (POOL, "skiff in-process"), 0.5)
        target("skiff-oci run to crun run", (PROFILE, "skiff-oci run"), (PROFILE, "crun run"), 1 / 4)
        target("skiff-oci run to runc run", (PROFILE, "skiff-oci run"), (PROFILE, "runc run"), 1 / 8)
        target("skiff-oci run to crun run, no seccomp", (PLAIN, "skiff-oci run"), (PLAIN, "crun run"), 1 / 2.5)
        target("host of 4 GiB to host of 10 MiB", (HEAP + ": 4096 MiB", "skiff in-process"), (HEAP + ": 10 MiB", "skiff in-process"), 1.1)
        target("skiff-oci exec to crun exec", (EXEC, "skiff-oci exec"), (EXEC, "crun exec"), 1 / 4)
        target(f"{self.tools.crowd} alive to none alive", (CROWD, f"{self.tools.crowd} alive"), (CROWD, "none alive"), 1.3)
        target("skiff-oci --version to a static C program", (START, "skiff-oci --version"), (START, "a static C program"), 1.5)

