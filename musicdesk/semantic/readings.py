"""What the sentence encoder says of each track: the vectors of its texts, each different text read once.

The sentence encoder stays as it is, so its vectors are read before the learning, and batches can be as large as wished.
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from musicdesk.jobs import Job
from musicdesk.records import FloatArray, IntArray, unit_rows
from musicdesk.semantic.captions import captions
from musicdesk.semantic.material import Material
from musicdesk.semantic.texts import Facts, metadata_sentence, sound_sentence

AT_ONCE = 256
UNKNOWN = "music"
"""The text of a track of which nothing is known."""
WHOLE, METADATA, SOUND, CAPTIONS = 0, 1, 2, 3
"""The columns of a track's texts; captions fill the last."""
SHARES = (0.2, 0.15, 0.25, 0.4)
"""How often, while learning, a track is read as the whole of its text, by its file, by its sound, by a caption."""


@dataclass(frozen=True, eq=False)
class Readings:
    """The texts of n tracks as vectors."""

    vectors: FloatArray  # [t, dim] one for each different text, and one for each track that has both sentences
    texts: IntArray  # [n, 3 + captions] rows of ``vectors``; -1: no such text

    @property
    def whole(self) -> IntArray:
        """The row of each track's whole text.  # [n]"""
        return np.asarray(self.texts[:, WHOLE])

    def drawn(self, rows: IntArray, rng: np.random.Generator) -> IntArray:
        """One text for each of some tracks, by lot, as rows of ``vectors``.  # [b] -> [b]"""
        texts = self.texts[rows]
        made = texts.shape[1] - CAPTIONS
        shares = np.concatenate([SHARES[:CAPTIONS], np.full(made, SHARES[CAPTIONS] / max(made, 1))])
        chances = np.cumsum(np.where(texts >= 0, shares, 0.0), axis=1)
        place = (chances < rng.random(len(rows))[:, None] * chances[:, -1:]).sum(axis=1)
        return np.asarray(texts[np.arange(len(rows)), np.minimum(place, texts.shape[1] - 1)])


def read(material: Material, *, count: int, job: Job, seed: int = 0) -> Readings:
    """Read each track's two sentences and ``count`` captions; its whole text is the mean of the two.

    Raises Cancelled, and what the sentence encoder raises.
    """
    rows = [_texts(fact, count, seed) for fact in material.facts]
    place: dict[str, int] = {}
    numbers = np.array([[place.setdefault(text, len(place)) if text else -1 for text in row] for row in rows], np.int64)
    return _with_wholes(_encoded(list(place), material, job), numbers.reshape(len(rows), 2 + count))


def unread(material: Material) -> Readings:
    """The readings of tracks whose texts are not to be read: all the same."""
    texts = np.full((len(material), CAPTIONS), -1, np.int64)
    texts[:, WHOLE] = 0
    return Readings(np.zeros((1, material.sentences.dim), np.float32), texts)


def _texts(facts: Facts, count: int, seed: int) -> list[str]:
    """What a file says, what it sounds like, captions; always the same ones, so that their vectors can be kept."""
    metadata, sound = _legible(metadata_sentence(facts)), _legible(sound_sentence(facts))
    luck = np.random.default_rng([seed, crc32(f"{metadata} {sound}".encode())])
    made = [_legible(caption) for caption in captions(facts, count=count, rng=luck)]
    return [metadata if metadata or sound else UNKNOWN, sound, *made, *[""] * (count - len(made))]


def _legible(text: str) -> str:
    """A text without what no table of words can hold."""
    return text.encode("utf-8", "ignore").decode().replace("\0", " ").strip()


def _with_wholes(vectors: FloatArray, numbers: IntArray) -> Readings:
    """The readings, with the whole of each track's text before its sentences."""
    metadata, sound = numbers[:, 0], numbers[:, 1]
    both = np.flatnonzero((metadata >= 0) & (sound >= 0))
    wholes = np.maximum(metadata, sound)
    wholes[both] = len(vectors) + np.arange(len(both))
    means = unit_rows(vectors[metadata[both]] + vectors[sound[both]])
    return Readings(np.concatenate([vectors, means]), np.column_stack([wholes, numbers]))


def _encoded(texts: list[str], material: Material, job: Job) -> FloatArray:
    """The vectors of texts; those of like length together, so that none is filled up in vain.  # [t, dim]"""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    vectors = np.zeros((len(texts), material.sentences.dim), np.float32)
    job.begin("Reading what is known of the tracks", total=len(texts), unit="texts")
    for start in range(0, len(texts), AT_ONCE):
        places = order[start : start + AT_ONCE]
        vectors[places] = material.sentences.encode([texts[place] for place in places])
        job.advance(len(places))
    return vectors
