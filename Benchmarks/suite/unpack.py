# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""One layer into an empty directory: ours, GNU tar, bsdtar, umoci; by corpus, compression and file system."""
import json
import os
import random
import shutil
import subprocess
import tempfile

from suite import measure

TYPES = {"gz": "application/vnd.oci.image.layer.v1.tar+gzip", "zst": "application/vnd.oci.image.layer.v1.tar+zstd"}


def corpora(work, quick):
    """(name, directory) of the trees that become layers."""
    yield "a system's headers and programs", system_tree(work)
    yield "20,000 small files", small_files(work, 2000 if quick else 20000)
    yield f"{50 if quick else 500} MB in large files", large_files(work, 5 if quick else 50)


def system_tree(work):
    """A Debian root made by debootstrap where it is there, else what /usr/include and /usr/lib/git-core hold."""
    tree = os.path.join(work, "system")
    os.mkdir(tree)
    for source in ("/usr/include", "/usr/share/perl", "/usr/lib/python3"):
        if os.path.isdir(source):
            subprocess.run(["cp", "-a", source, tree], check=True)
    return tree


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
    def __init__(self, results, tools, work, rounds, quick):
        self.results, self.tools, self.work, self.rounds, self.quick = results, tools, work, rounds, quick
        self.count = 0

    def measure(self):
        places = [("disk", self.work)]
        if os.path.isdir("/dev/shm"):
            places.append(("memory", tempfile.mkdtemp(prefix="skiff-bench-", dir="/dev/shm")))
        try:
            for name, tree in corpora(self.work, self.quick):
                layers = self.layers(tree)
                for place, directory in places:
                    for suffix, layer in layers.items():
                        self.cases(f"unpack {name}, {suffix}, to {place}", suffix, layer, directory)
                self.targets(name, [place for place, _ in places])
                shutil.rmtree(tree)
        finally:
            for place, directory in places:
                if place == "memory":
                    shutil.rmtree(directory)

    def layers(self, tree):
        plain = tree + ".tar"
        measure.output(["tar", "-C", tree, "-cf", plain, "."])
        layers = {"gz": plain + ".gz"}
        with open(layers["gz"], "wb") as file:
            subprocess.run(["gzip", "-c", plain], stdout=file, check=True)
        if shutil.which("zstd"):
            layers["zst"] = plain + ".zst"
            measure.output(["zstd", "-q", "-f", plain, "-o", layers["zst"]])
        else:
            self.results.lacks("zstd is not installed")
        return layers

    def cases(self, title, suffix, layer, place):
        command = [self.tools.bench, "unpack", layer, TYPES[suffix], "OUT"]
        cases = {"skiff": (" ".join(command), self.into(place, lambda out: json.loads(measure.output([*command[:-1], out]))))}
        cases["tar"] = self.peer(place, ["tar", "-C", "OUT", "--zstd" if suffix == "zst" else "-z", "-xf", layer])
        if shutil.which("bsdtar"):
            cases["bsdtar"] = self.peer(place, ["bsdtar", "-C", "OUT", "-xf", layer])
        else:
            self.results.lacks("bsdtar is not installed")
        if suffix == "gz" and shutil.which("umoci"):
            image = self.image(layer)
            cases["umoci"] = self.peer(place, ["umoci", "raw", "unpack", "--image", image + ":x", "OUT/rootfs"])
        measure.alternate(self.results, title, cases, max(2, self.rounds // 8))

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

    def image(self, layer):
        image = layer + ".image"
        if not os.path.isdir(image):
            measure.output(["umoci", "init", "--layout", image])
            measure.output(["umoci", "new", "--image", image + ":x"])
            measure.output(["umoci", "raw", "add-layer", "--image", image + ":x", layer.removesuffix(".gz")])
        return image

    def targets(self, name, places):
        for place in places:
            title = f"unpack {name}, gz, to {place}"
            for peer, limit in (("umoci", 0.2), ("tar", 0.7 if "small" in name else 0.35 if "large" in name else 0.4), ("bsdtar", 0.65)):
                self.results.target(f"{title}: skiff to {peer}", (title, "skiff"), (title, peer), limit)
            title = f"unpack {name}, zst, to {place}"
            self.results.target(f"{title}: skiff to tar", (title, "skiff"), (title, "tar"), 1)
