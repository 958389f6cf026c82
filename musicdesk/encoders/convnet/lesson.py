"""What a network is to learn, as tracks, classes and who teaches it. No torch here."""

import hashlib
import json
from dataclasses import dataclass

import numpy as np

from musicdesk.encoders.convnet.pictures import Pictures
from musicdesk.records import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Teacher:
    """What another encoder says of segments of the same tracks, for a second task."""

    numbers: FloatArray  # [n_tracks, n_places, dim], standardised over the training tracks
    starts: IntArray  # [n_tracks, n_places] columns at which those segments begin


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is to be learnt, and on which tracks it shows."""

    pictures: Pictures
    codes: IntArray  # [n_tracks] class of each
    n_classes: int
    train: IntArray  # rows
    validation: IntArray  # rows, of other artists
    teacher: Teacher | None = None

    @property
    def digest(self) -> str:
        """A name for it: a checkpoint of another lesson is of no use."""
        text = hashlib.sha256(json.dumps([str(file) for file in self.pictures.files]).encode())
        for part in (self.codes, self.train, self.validation):
            text.update(part.tobytes() + b"|")
        if self.teacher:
            text.update(self.teacher.numbers.tobytes())
        return text.hexdigest()


def balanced(codes: IntArray, segments: int, *, rng: np.random.Generator) -> IntArray:
    """Rows for one epoch, ``segments`` a row on average, as many of every class, in random order."""
    present = np.unique(codes)
    quota = max(1, round(segments * len(codes) / len(present)))
    picked = []
    for code in present:
        own = np.flatnonzero(codes == code)
        rounds = [rng.permutation(own) for _ in range(-(-quota // len(own)))]
        picked.append(np.concatenate(rounds)[:quota])
    return np.asarray(rng.permutation(np.concatenate(picked)), dtype=np.int64)
