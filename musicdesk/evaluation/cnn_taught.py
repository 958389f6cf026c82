"""What MusiCNN says of the segments of songs that another network is taught with, computed once and kept.

Pictures and teacher hear the same three seconds, on a grid of a second and a half. Of songs that are tested with, the
teacher's words are never used: ``teacher`` takes the training songs' numbers and leaves the others zero.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from musicdesk.audio import decode
from musicdesk.audio.loudness import level
from musicdesk.encoders import registry
from musicdesk.encoders.base import Encoder
from musicdesk.encoders.convnet.lesson import Teacher
from musicdesk.encoders.convnet.pictures import Pictures
from musicdesk.jobs import Job
from musicdesk.records import FloatArray, IntArray
from musicdesk.whole_files import whole

TEACHER = "musicnn"
STEP_S = 1.5
LONGEST_S = 60.0
"""So much of a song's beginning is explained."""
_SMALL = 1e-3


def explained(pictures: Pictures, *, models: Path, folder: Path, job: Job) -> tuple[FloatArray, IntArray]:
    """The teacher's vector and its words as log-odds, for every song and place: [n, places, dim], columns [n, places].

    The places of a shorter song come again. Raises ModelUnavailable where MusiCNN is not installed.
    """
    place = folder / "explained"
    place.mkdir(parents=True, exist_ok=True)
    encoder: Encoder | None = None
    starts = [_starts(pictures, row) for row in range(len(pictures.paths))]
    numbers = []
    for path, own in zip(job.each(pictures.paths, text="Asking MusiCNN"), starts, strict=True):
        file = place / f"{_name(path, len(own))}.npy"
        if not file.is_file():
            encoder = encoder or registry.load(TEACHER, models=models)
            with whole(file) as new, new.open("wb") as opened:
                np.save(opened, _of_song(path, encoder, len(own)))
        numbers.append(np.load(file))
    rounds = np.arange(max(len(own) for own in starts))
    again = [rounds % len(own) for own in starts]
    told = np.stack([own[turn] for own, turn in zip(numbers, again, strict=True)]).astype(np.float32)
    return told, np.stack([own[turn] for own, turn in zip(starts, again, strict=True)])


def teacher(numbers: FloatArray, starts: IntArray, train: IntArray) -> Teacher:
    """The numbers of the training songs, standardised over them; the others' are blotted out."""
    own = numbers[train].reshape(-1, numbers.shape[2])
    mean, deviation = own.mean(axis=0), own.std(axis=0) + _SMALL
    scaled = np.zeros_like(numbers)
    scaled[train] = (numbers[train] - mean) / deviation
    return Teacher(scaled, starts)


def _name(path: str, places: int) -> str:
    return hashlib.sha256(f"{path} {os.path.getmtime(path)} {places}".encode("utf-8", "surrogateescape")).hexdigest()[
        :32
    ]


def _starts(pictures: Pictures, row: int) -> IntArray:
    """At which columns of a song the teacher's segments begin.  # [places]"""
    spec = pictures.spec
    end_s = min(LONGEST_S, pictures.columns(row) * spec.pixel / spec.rate_hz)
    count = max(1, 1 + int((end_s - spec.segment_s) / STEP_S))
    return np.asarray(np.round(np.arange(count) * STEP_S * spec.rate_hz / spec.pixel), dtype=np.int64)


def _of_song(path: str, encoder: Encoder, count: int) -> FloatArray:
    """# [count, dim + words]"""
    spec = encoder.spec
    clip = decode.read(path, length_s=LONGEST_S, rate_hz=spec.rate_hz)
    samples = level([clip.samples])[0]
    begins: Sequence[int] = [round(at * STEP_S * spec.rate_hz) for at in range(count)]
    length = round(spec.window_s * spec.rate_hz)
    windows = [samples[at : at + length] for at in begins]
    said = encoder.encode(registry.plugin(TEACHER).front_end([w if len(w) else samples for w in windows]))
    words = np.log((said.tags + _SMALL) / (1 - said.tags + _SMALL))
    return np.asarray(np.concatenate([said.vectors, words], axis=1), dtype=np.float16)
