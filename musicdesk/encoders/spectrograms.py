"""Tracks as the spectrograms that an HTCL learns from: drawn once into a folder of the cache, by worker processes.

What was drawn before is not drawn again; a file that changed is. Decoding may crash or hang: that costs one track.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from musicdesk.audio import decode
from musicdesk.audio.loudness import SILENCE_DB, rms_db
from musicdesk.audio.worker import Crash, Pool
from musicdesk.encoders.nets.htcl_config import MEL, HtclConfig, log_mel
from musicdesk.errors import DataFolderError, UnreadableAudio
from musicdesk.jobs import Job
from musicdesk.records import FloatArray
from musicdesk.whole_files import whole

VERSION = 1
"""Of how they are drawn; another one makes the old ones useless."""
LIMIT_S, MEMORY_MB = 120.0, 1024


def draw(
    paths: Sequence[str], config: HtclConfig, *, folder: Path, workers: int, job: Job
) -> tuple[list[int], FloatArray]:
    """The middle of each track: places of those that could be heard [n], and what they look like [n, frames, bands].

    Raises DataFolderError where nothing can be kept in ``folder``, Cancelled; what is drawn stays.
    """
    place = folder / f"htcl-{_digest(config)}"
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataFolderError(f"Spectrograms cannot be kept in {place}: {error.strerror}.") from error
    files = [place / _name(path) for path in paths]
    todo = [(path, str(file)) for path, file in zip(paths, files, strict=True) if not file.is_file()]
    if todo:
        _draw(todo, config, workers=workers, job=job)
    heard = [number for number, file in enumerate(files) if file.is_file()]
    rows: Any = np.zeros((len(heard), config.frames, MEL.n_mels), np.float16)  # half precision: they are many
    for row, number in enumerate(heard):
        rows[row] = np.load(files[number])
    return heard, rows


def drawn(config: HtclConfig, item: tuple[str, str]) -> str:
    """Draw one file (path, where to); "" or a sentence that says why it cannot be. In a worker process."""
    path, target = item
    try:
        start_s = max(0.0, (decode.info(path).length_s - config.seconds) / 2)
        samples = decode.read(path, start_s=start_s, length_s=config.seconds, rate_hz=MEL.rate_hz).samples
    except UnreadableAudio as error:
        return str(error)
    if rms_db(samples) < SILENCE_DB:
        return "There is only silence in it."
    with whole(Path(target)) as new, new.open("wb") as file:
        np.save(file, log_mel(samples, config).astype(np.float16))
    return ""


def _draw(todo: Sequence[tuple[str, str]], config: HtclConfig, *, workers: int, job: Job) -> None:
    job.begin("Drawing spectrograms", total=len(todo))
    with Pool(partial(drawn, config), workers=workers, limit_s=LIMIT_S, memory_mb=MEMORY_MB) as pool:
        for _, outcome in pool.run(todo, job.check):
            reason = outcome.reason if isinstance(outcome, Crash) else outcome
            if reason:
                job.say(f"Left out: {reason}")
            job.advance()


def _digest(config: HtclConfig) -> str:
    """A short name for how they are drawn."""
    return hashlib.sha256(json.dumps([VERSION, config.seconds]).encode()).hexdigest()[:12]


def _name(path: str) -> str:
    """The name of a track's spectrogram, another one when the file changes."""
    try:
        facts = os.stat(path)
        version = f"{facts.st_size} {facts.st_mtime_ns}"
    except OSError:
        version = ""
    return hashlib.sha256(f"{path}\n{version}".encode("utf-8", "surrogateescape")).hexdigest()[:32] + ".npy"
