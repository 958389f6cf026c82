"""A database in a fresh folder, and a disk too small for it."""

import subprocess
from contextlib import suppress

import pytest

from musicdesk.store.database import Database


@pytest.fixture
def database(tmp_path):
    with Database.open(tmp_path / "data") as database:
        yield database


@pytest.fixture
def tiny_disk(tmp_path):
    """A function that mounts a disk of 2 MiB, can mount it again with other options, and gives its folder."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options="size=2m"):
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a disk can only be mounted as root")
        return folder

    yield mount
    with suppress(OSError):
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
