"""Tracks as images, drawn once into a folder of the cache and looked at as often as a training needs.

A file a track, in half precision, mapped into memory when it is looked at; a segment is some of its columns. Drawing
goes on where it was stopped, and a file that changed is drawn anew. Decoding runs in processes that may crash.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from musicdesk.audio import decode
from musicdesk.audio.loudness import SILENCE_DB, level, rms_db
from musicdesk.audio.worker import Crash, Pool
from musicdesk.encoders.convnet.config import ImageSpec
from musicdesk.encoders.convnet.images import picture
from musicdesk.errors import DataFolderError, UnreadableAudio
from musicdesk.jobs import Job
from musicdesk.records import FloatArray, IntArray, Skipped, State
from musicdesk.whole_files import whole

VERSION = 1
"""Of how images are drawn; another one makes the old ones useless."""
LISTEN_S = 120.0
"""So much of a track is drawn, around its middle."""
LIMIT_S, MEMORY_MB = 120.0, 1024


@dataclass(frozen=True, slots=True)
class Pictures:
    """The images of some tracks, in the order of ``paths``."""

    spec: ImageSpec
    paths: tuple[str, ...]
    files: tuple[Path, ...]

    def columns(self, row: int) -> int:
        """How many columns a track has."""
        return int(self._open(row).shape[1])

    def crop(self, row: int, start: int) -> FloatArray:
        """The segment of a track that begins at a column; a shorter track is repeated.  # [rows, frames]"""
        whole = self._open(row)
        if start + self.spec.frames <= whole.shape[1]:
            return np.asarray(whole[:, start : start + self.spec.frames], dtype=np.float32)
        return np.asarray(np.take(whole, np.arange(start, start + self.spec.frames), axis=1, mode="wrap"), np.float32)

    def places(self, row: int, count: int) -> IntArray:
        """Where ``count`` segments begin that lie evenly over a track.  # [≤ count]"""
        last = max(0, self.columns(row) - self.spec.frames)
        return np.unique(np.linspace(0, last, count).round().astype(np.int64))

    def _open(self, row: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float16]]:
        opened: np.ndarray[tuple[int, ...], np.dtype[np.float16]] = np.load(self.files[row], mmap_mode="r")
        return opened


def draw(
    paths: Sequence[str], spec: ImageSpec, *, folder: Path, workers: int, job: Job
) -> tuple[Pictures, tuple[Skipped, ...]]:
    """Draw the images of these files into ``folder``; what cannot be heard is left out and named.

    Raises DataFolderError where the folder cannot be written.
    """
    place = folder / f"images-{digest(spec)}"
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataFolderError(f"Images cannot be kept in {place}: {error.strerror}.") from error
    files = {path: place / _name(path) for path in paths}
    todo = [path for path, file in files.items() if not file.is_file()]
    skipped = _draw(todo, spec, files, workers=workers, job=job) if todo else ()
    missing = {skip.path for skip in skipped}
    kept = tuple(path for path in files if path not in missing)
    return Pictures(spec, kept, tuple(files[path] for path in kept)), skipped


def digest(spec: ImageSpec) -> str:
    """A short name for how images are made."""
    text = json.dumps([VERSION, LISTEN_S, asdict(spec)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def drawn(spec: ImageSpec, item: tuple[str, str]) -> str:
    """Draw one file (path, where to); "" or a sentence that says why it cannot be. In a worker process."""
    path, target = item
    try:
        length_s = decode.info(path).length_s
        start_s = max(0.0, (length_s - LISTEN_S) / 2)
        samples = decode.read(path, start_s=start_s, length_s=LISTEN_S, rate_hz=spec.rate_hz).samples
    except UnreadableAudio as error:
        return str(error)
    if rms_db(samples) < SILENCE_DB:
        return "There is only silence in it."
    if len(samples) < spec.samples:
        samples = np.resize(samples, spec.samples)
    with whole(Path(target)) as new, new.open("wb") as file:
        np.save(file, picture(level([samples])[0], spec).astype(np.float16))
    return ""


def _draw(
    todo: Sequence[str], spec: ImageSpec, files: dict[str, Path], *, workers: int, job: Job
) -> tuple[Skipped, ...]:
    skipped = []
    job.begin("Drawing the images", total=len(todo))
    with Pool(partial(drawn, spec), workers=workers, limit_s=LIMIT_S, memory_mb=MEMORY_MB) as pool:
        for (path, _), outcome in pool.run([(path, str(files[path])) for path in todo], job.check):
            reason = outcome.reason if isinstance(outcome, Crash) else outcome
            if reason:
                skipped.append(Skipped("", path, State.FAILED, reason))
                job.say(f"Left out: {reason}")
            job.advance()
    return tuple(skipped)


def _name(path: str) -> str:
    """The name of a track's image, another one when the file changes."""
    try:
        facts = os.stat(path)
        version = f"{facts.st_size} {facts.st_mtime_ns}"
    except OSError:
        version = ""
    return hashlib.sha256(f"{path}\n{version}".encode("utf-8", "surrogateescape")).hexdigest()[:32] + ".npy"
