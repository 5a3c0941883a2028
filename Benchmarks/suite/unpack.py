# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""One layer into an empty directory: ours, GNU tar, bsdtar, umoci; by corpus, compression and file system.

Ours and `umoci unpack` verify the digests of the blob and of its content; the archivers verify nothing. `umoci unpack` also writes
a manifest of what it unpacked, which `umoci raw unpack` does not.
"""
import json
import os
import random
import shutil
import subprocess
import tempfile

from suite import measure
from suite.layout import Layer, digest_of


def corpora(work, quick, system):
    """(name, directory) of the trees that become layers."""
    yield system_tree(work, quick, system)
    yield "20,000 small files", small_files(work, 2000 if quick else 20000)
    yield f"{50 if quick else 500} MB in large files", large_files(work, 5 if quick else 50)


def system_tree(work, quick, system):
    """A Debian root made by debootstrap where that works, else a part of /usr of about its size."""
    tree = os.path.join(work, "system")
    if system:
        subprocess.run(["cp", "-a", system, tree], check=True)
        return f"the root {system}", tree
    if not quick and shutil.which("debootstrap"):
        done = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", tree, mirror()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode == 0:
            return "a Debian root", tree
        shutil.rmtree(tree, ignore_errors=True)
    os.mkdir(tree)
    for source in ("/usr/include", "/usr/share/perl", "/usr/lib/python3", "/usr/share/doc", "/usr/lib/git-core"):
        if os.path.isdir(source):
            subprocess.run(["cp", "-a", source, tree], check=True)
    return "a part of /usr", tree


def mirror():
    """The mirror that this machine's own packages come from."""
    for place in ("/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources"):
        if os.path.exists(place):
            with open(place) as file:
                for word in " ".join(line for line in file if not line.startswith("#")).split():
                    if word.startswith("http") and "debian" in word and "security" not in word:
                        return word
    return "http://deb.debian.org/debian"


def small_files(work, count):
    tree = os.path.join(work, "small")
    words = random.Random(1)
    for number in range(count):
        directory = os.path.join(tree, f"d{number % 400}")
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, f"f{number}"), "wb") as file:
            file.write(words.randbytes(words.randint(64, 4096)) + b"text " * words.randint(1, 800))
    return tree


def large_files(work, megabytes):
    tree = os.path.join(work, "large")
    os.mkdir(tree)
    words = random.Random(2)
    block = b"".join(words.choice([words.randbytes(64), b"\x48\x89\xe5" * 21 + b"\x90"]) for _ in range(16384))
    for number in range(10):
        with open(os.path.join(tree, f"binary{number}"), "wb") as file:
            for turn in range(megabytes):
                offset = (turn * 7919) % len(block)
                file.write(block[offset:] + block[:offset])
    return tree


class Unpack:
    def __init__(self, results, tools, work, options):
        self.results, self.tools, self.work = results, tools, work
        self.rounds, self.quick, self.system = options.rounds, options.quick, options.system
        self.count = 0
        self.runs = []

    def measure(self):
        places = self.places()
        try:
            for name, tree in corpora(self.work, self.quick, self.system):
                layers = self.layers(tree)
                files = sum(len(names) for _, _, names in os.walk(tree))
                for place, directory in places:
                    for layer in layers:
                        title = f"unpack {name}, {layer.suffix}, to {place}"
                        self.cases(title, layer, directory)
                        self.costs(title, files)
                self.targets(name, [place for place, _ in places])
                for layer in layers:
                    layer.remove()
                shutil.rmtree(tree)
        finally:
            self.leave(places)

    def measure_million(self):
        """Layers of many empty files: whether the time grows as their number does."""
        places = self.places()
        place, directory = places[-1]
        title = f"unpack empty files to {place}"
        group = self.results.group(title, axis="entries")
        points = []
        try:
            for count in (125_000, 250_000, 500_000, 1_000_000):
                plain = os.path.join(self.work, f"many{count}.tar")
                many_files(plain, count)
                digest = digest_of(plain)
                command = [self.tools.bench, "unpack", plain, "application/vnd.oci.image.layer.v1.tar", digest, digest]
                for _ in range(2):
                    points.append((count, self.into(directory, lambda out: self.ours(command, out))(0)))
                os.unlink(plain)
        finally:
            self.leave(places)
        self.results.add(group, "skiff", points)
        each = {count: min(time for number, time in points if number == count) / count for count, _ in points}
        growth = self.results.group("growth of the time for an entry, 125,000 to 1,000,000 entries", unit="times")
        self.results.add(growth, "skiff", [each[1_000_000] / each[125_000]])
        self.results.add(growth, "linear", [1.0])
        self.results.target("a million entries: time for an entry to that of 125,000", (growth["title"], "skiff"), (growth["title"], "linear"), 1.25)

    def places(self):
        places = [("disk", self.work)]
        if os.path.isdir("/dev/shm"):
            places.append(("memory", tempfile.mkdtemp(prefix="skiff-bench-", dir="/dev/shm")))
        return places

    @staticmethod
    def leave(places):
        for place, directory in places:
            if place == "memory":
                shutil.rmtree(directory)

    def layers(self, tree):
        plain = tree + ".tar"
        measure.output(["tar", "-C", tree, "-cf", plain, "."])
        layers = [Layer(plain, "gz")]
        if shutil.which("zstd"):
            layers.append(Layer(plain, "zst"))
        else:
            self.results.lacks("zstd is not installed")
        os.unlink(plain)
        return layers

    def cases(self, title, layer, place):
        command = [self.tools.bench, "unpack", layer.path, layer.type, layer.digest, layer.diff_id]
        self.runs = []
        cases = {"skiff": (" ".join(command), self.into(place, lambda out: self.ours(command, out)))}
        cases["tar"] = self.peer(place, ["tar", "-C", "OUT", "--zstd" if layer.suffix == "zst" else "-z", "-xf", layer.path])
        if shutil.which("bsdtar"):
            cases["bsdtar"] = self.peer(place, ["bsdtar", "-C", "OUT", "-xf", layer.path])
        else:
            self.results.lacks("bsdtar is not installed")
        if shutil.which("umoci"):
            cases["umoci"] = self.peer(place, ["umoci", "unpack", "--image", layer.layout + ":x", "OUT/bundle"])
            cases["umoci raw"] = self.peer(place, ["umoci", "raw", "unpack", "--image", layer.layout + ":x", "OUT/rootfs"])
        else:
            self.results.lacks("umoci is not installed")
        measure.alternate(self.results, title, cases, max(3, self.rounds // 5))

    def ours(self, command, out):
        run = json.loads(measure.output([*command, out]))
        self.runs.append(run)
        return run["milliseconds"]

    def costs(self, title, files):
        """What a file, and a byte of the uncompressed layer, cost us; and the most memory that it took."""
        for name, unit, of in (
            ("per file", "us", lambda run: run["milliseconds"] * 1e3 / max(1, files)),
            ("per byte", "ns", lambda run: run["milliseconds"] * 1e6 / run["streamBytes"]),
            ("peak memory", "MiB", lambda run: run["peakBytes"] / (1 << 20)),
        ):
            self.results.add(self.results.group(f"{title}: {name}", unit=unit), "skiff", [of(run) for run in self.runs[1:]])

    def peer(self, place, arguments):
        return " ".join(arguments), self.into(place, lambda out: measure.timed(*[word.replace("OUT", out) for word in arguments]))

    def into(self, place, run):
        def case(_):
            self.count += 1
            directory = os.path.join(place, f"out{self.count}")
            os.mkdir(directory)
            try:
                return run(directory)
            finally:
                shutil.rmtree(directory)
        return case

    def targets(self, name, places):
        for place in places:
            for suffix in ("gz", "zst"):
                title = f"unpack {name}, {suffix}, to {place}"
                limits = (("umoci", 0.2), ("tar", 0.7 if "small" in name else 0.35 if "large" in name else 0.4), ("bsdtar", 0.65))
                for peer, limit in limits if suffix == "gz" else (("umoci", 0.2), ("tar", 1), ("bsdtar", 1)):
                    self.results.target(f"{title}: skiff to {peer}", (title, "skiff"), (title, peer), limit)


def many_files(path, count):
    """A tar archive of empty files, 500 in a directory, written header by header."""
    def header(name, kind):
        block = bytearray(512)
        block[0:len(name)] = name
        block[100:156] = b"0000644\0" + b"0000000\0" * 2 + b"00000000000\0" * 2 + b"        "
        block[156:157] = kind
        block[257:265] = b"ustar\x0000"
        block[148:156] = b"%06o\0 " % sum(block)
        return block
    with open(path, "wb", buffering=1 << 20) as file:
        for number in range(count):
            if number % 500 == 0:
                file.write(header(b"d%d/" % (number // 500), b"5"))
            file.write(header(b"d%d/f%d" % (number // 500, number), b"0"))
        file.write(bytes(1024))
