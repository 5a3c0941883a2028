# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""An image from a registry on loopback to unpacked layers: ours in one pass, `skopeo copy` and then `umoci unpack`."""
import os
import shutil
import socket
import subprocess
import time

from suite import measure, unpack

CONFIGURATION = """version: 0.1
log: {{accesslog: {{disabled: true}}, level: error}}
storage: {{filesystem: {{rootdirectory: {directory}}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


class Registry:
    """docker-registry on a free port; `close` ends it."""

    def __init__(self, work):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = "127.0.0.1:%d" % free.getsockname()[1]
        directory = os.path.join(work, "registry")
        configuration = os.path.join(work, "registry.yml")
        with open(configuration, "w") as file:
            file.write(CONFIGURATION.format(directory=directory, port=self.address.split(":")[1]))
        self.process = subprocess.Popen(["docker-registry", "serve", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(self.address.split(":")).close()
                return
            except OSError:
                time.sleep(0.05)
        self.close()
        raise measure.Failed("docker-registry does not answer")

    def close(self):
        self.process.terminate()
        self.process.wait()


class Pull:
    def __init__(self, results, tools, work, options):
        self.results, self.tools, self.work, self.options = results, tools, work, options
        self.rounds = max(3, options.rounds // 5)
        self.count = 0

    def measure(self):
        for program in ("docker-registry", "skopeo", "umoci"):
            if not shutil.which(program):
                self.results.lacks(f"{program} is not installed: nothing is pulled")
                return
        registry = Registry(self.work)
        try:
            builder = unpack.Unpack(self.results, self.tools, self.work, self.options)
            for name, tree in unpack.corpora(self.work, self.options.quick, self.options.system):
                for layer in builder.layers(tree):
                    self.case(registry, f"pull {name}, {layer.suffix}", layer)
                    layer.remove()
                shutil.rmtree(tree)
        finally:
            registry.close()

    def case(self, registry, title, layer):
        image = f"{registry.address}/{layer.suffix}{self.count}:x"
        measure.output(["skopeo", "copy", "-q", "--dest-tls-verify=false", f"oci:{layer.layout}:x", f"docker://{image}"])
        ours = [self.tools.skiff, "--root", "OUT/store", "pull", "-q", "--tls-verify=false", image]
        theirs = f"skopeo copy -q --src-tls-verify=false docker://{image} oci:OUT/layout:x && umoci unpack --image OUT/layout:x OUT/bundle"
        cases = {"skiff": (" ".join(ours), self.into(ours)), "skopeo, umoci": (theirs, self.into(["sh", "-c", theirs]))}
        measure.alternate(self.results, title, cases, self.rounds)
        self.results.target(f"{title}: skiff pull to skopeo copy and umoci unpack", (title, "skiff"), (title, "skopeo, umoci"), 0.6)

    def into(self, arguments):
        def case(_):
            self.count += 1
            directory = os.path.join(self.work, f"pulled{self.count}")
            os.mkdir(directory)
            try:
                return measure.timed(*[word.replace("OUT", directory) for word in arguments])
            finally:
                shutil.rmtree(directory)
        return case
