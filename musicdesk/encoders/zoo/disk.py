"""Room on the disk, sizes for people, and hashes of large files."""

import errno
import hashlib
import shutil
from pathlib import Path

from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job

BLOCK_BYTES = 1 << 20
SPARE_BYTES = 50_000_000
"""What is left free on a disk."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""How systems say that there is no room."""


def check_room(folder: Path, needed_bytes: int, *, what: str) -> None:
    """Raise ModelUnavailable unless so many bytes fit on the disk of ``folder``; ``what`` needs them."""
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(nearest).free
    if needed_bytes and free < needed_bytes + SPARE_BYTES:
        raise ModelUnavailable(
            f"{what} needs {size_text(needed_bytes)} of room in {folder}; {size_text(free)} are free. "
            "Make room and try again."
        )


def size_text(size_bytes: int) -> str:
    """A size for people: 12 MB, 1.3 GB."""
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1e3:.0f} kB"
    return f"{size_bytes / 1e6:.0f} MB" if size_bytes < 999_500_000 else f"{size_bytes / 1e9:.1f} GB"


def sha256_of(path: Path, job: Job | None = None) -> str:
    """The hash of a file as hexadecimal digits; a job counts its bytes. Raises OSError."""
    return hash_of(path, job).hexdigest()


def hash_of(path: Path, job: Job | None = None) -> "hashlib._Hash":
    """The same, to be continued with what is added to the file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        if job:
            job.begin(f"Checking {path.name.removesuffix('.part')}", total=path.stat().st_size, unit="bytes")
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            if job:
                job.advance(len(block))
    return digest
