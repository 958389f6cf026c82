"""What a repository of a hub holds, where musicdesk does not know its checkpoints by name: asked of the hub itself."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from musicdesk.encoders.base import Download
from musicdesk.encoders.zoo.transfer import Broken, NothingThere, Transfer
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job

CHECKPOINTS = (".bin", ".ckpt", ".pt", ".pth", ".safetensors")
"""How the names of files end that hold weights."""
MOST_BYTES = 4_000_000
"""Of a list."""


def checkpoints_of(listing: str, job: Job) -> tuple[Download, ...]:
    """The checkpoints that a repository lists, not those in its folders, with the sizes and hashes that it states.

    ``listing`` is the address of a Hugging Face tree (…/api/models/OWNER/NAME/tree/REVISION). Raises ModelUnavailable.
    """
    job.begin("Asking the hub what there is")
    try:
        entries = json.loads(_answer(listing, job))
    except ValueError as error:
        raise ModelUnavailable(f"What {listing} lists cannot be read. Please report this.") from error
    home = listing.replace("/api/models/", "/", 1).replace("/tree/", "/resolve/", 1)
    files = [entry for entry in entries if _is_checkpoint(entry)] if isinstance(entries, list) else []
    if not files:
        raise ModelUnavailable(f"{listing} lists no checkpoint any more. Please report this.")
    return tuple(_download(home, file) for file in files)


def checkpoints_in(folder: Path) -> tuple[Path, ...]:
    """The checkpoints that a person brought."""
    return tuple(sorted(path for path in folder.iterdir() if path.suffix in CHECKPOINTS and path.is_file()))


def _is_checkpoint(entry: Any) -> bool:
    path = entry.get("path") if isinstance(entry, dict) and entry.get("type", "file") == "file" else None
    return isinstance(path, str) and "/" not in path and path.endswith(CHECKPOINTS)


def _download(home: str, entry: dict[str, Any]) -> Download:
    size, stored = entry.get("size"), entry.get("lfs")
    sha256 = stored.get("oid") if isinstance(stored, dict) else ""
    known = sha256 if isinstance(sha256, str) and len(sha256) == 64 else ""
    return Download(f"{home}/{quote(entry['path'])}", entry["path"], size if isinstance(size, int) else 0, known)


def _answer(address: str, job: Job) -> bytes:
    """A short page, whole."""
    said = b""
    try:
        with Transfer(address, check=job.check) as transfer:
            transfer.answer()
            for block in transfer.blocks():
                said += block
                if len(said) > MOST_BYTES:
                    break
    except (Broken, NothingThere) as error:
        raise ModelUnavailable(
            f"The hub did not say what there is: {error}. Try again with a network connection, or fetch the files "
            "elsewhere and install from their folder (--from-dir)."
        ) from error
    return said
