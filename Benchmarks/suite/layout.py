# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""Layers, and image layouts that hold one layer, so that every program unpacks the same bytes."""
import hashlib
import json
import os
import shutil
import subprocess

from suite import measure

TYPES = {"gz": "application/vnd.oci.image.layer.v1.tar+gzip", "zst": "application/vnd.oci.image.layer.v1.tar+zstd"}


class Layer:
    """A compressed tar archive with its digests, and the layout of an image that has it as its only layer."""

    def __init__(self, plain, suffix):
        self.suffix, self.type, self.path = suffix, TYPES[suffix], f"{plain}.{suffix}"
        self.diff_id = digest_of(plain)
        if suffix == "gz":
            with open(self.path, "wb") as file:
                subprocess.run(["gzip", "-c", plain], stdout=file, check=True)
        else:
            measure.output(["zstd", "-q", "-f", plain, "-o", self.path])
        self.digest = digest_of(self.path)
        self.layout = self.path + ".image"
        self.write_layout()

    def write_layout(self):
        """Writes the layout, whose image is called `x`."""
        os.makedirs(os.path.join(self.layout, "blobs/sha256"))
        shutil.copy(self.path, os.path.join(self.layout, "blobs/sha256", self.digest.split(":")[1]))
        machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
        config = {"architecture": machine, "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": [self.diff_id]}}
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": self.blob("application/vnd.oci.image.config.v1+json", config),
            "layers": [{"mediaType": self.type, "digest": self.digest, "size": os.path.getsize(self.path)}],
        }
        entry = self.blob(manifest["mediaType"], manifest)
        entry["annotations"] = {"org.opencontainers.image.ref.name": "x"}
        for name, document in (("index.json", {"schemaVersion": 2, "manifests": [entry]}), ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
            with open(os.path.join(self.layout, name), "w") as file:
                json.dump(document, file)

    def blob(self, media_type, document):
        """Writes a document as a blob; returns its descriptor."""
        content = json.dumps(document).encode()
        name = hashlib.sha256(content).hexdigest()
        with open(os.path.join(self.layout, "blobs/sha256", name), "wb") as file:
            file.write(content)
        return {"mediaType": media_type, "digest": "sha256:" + name, "size": len(content)}

    def remove(self):
        shutil.rmtree(self.layout)
        os.unlink(self.path)


def digest_of(path):
    with open(path, "rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
