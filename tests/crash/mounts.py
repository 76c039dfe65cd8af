"""File systems in files, mounted by a process that has its mounts to itself.

A module that mounts is run as a program of its own by `alone`, in a mount namespace that goes
with it, whatever becomes of it.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import world as worlds

TOOLS = ["mkfs.ext4", "mount", "umount", "unshare"]
DEVICES = ["/dev/fuse", "/dev/loop-control"]


def why_not():
    """None where file systems can be mounted; else what stands in the way."""
    if os.geteuid() != 0:
        return "only root can mount file systems"
    for tool in TOOLS:
        if not shutil.which(tool):
            return f"{tool} is not installed"
    for device in DEVICES:
        if not os.access(device, os.R_OK | os.W_OK):
            return f"{device} is not there"
    with tempfile.TemporaryDirectory(dir=worlds.fast_folder()) as folder:
        image = pathlib.Path(folder) / "image"
        make_image(image, 4 << 20)
        done = subprocess.run(["unshare", "--mount", "mount", "-o", "loop", str(image), folder],
                              check=False, text=True, stderr=subprocess.PIPE)
        if done.returncode != 0:
            return f"loop devices cannot be mounted here: {done.stderr.strip()}"
    return None


def alone(module, *args):
    """Runs a module as a program with mounts of its own; what it prints is JSON."""
    done = subprocess.run(["unshare", "--mount", "--propagation", "private", sys.executable, "-B",
                           module, *map(str, args)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def make_image(image, size):
    """An ext4 file system in a file; nothing of it is kept back for root. Where blocks are smaller
    than pages, memory that SQLite maps can lack room behind it, and a signal ends the program."""
    with open(image, "wb") as file:
        file.truncate(size)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "0",
                    "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image)], check=True)


class Mounted:
    """A file system in a file, mounted while this is in use."""

    def __init__(self, image, folder):
        self.image = image
        self.folder = folder

    def __enter__(self):
        self.folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "-o", "loop", str(self.image), str(self.folder)], check=True)
        return self.folder

    def __exit__(self, *_):
        subprocess.run(["umount", str(self.folder)], check=True)
