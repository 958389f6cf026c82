"""A library made up of kinds and moods that sound and text share, and a sentence encoder that hashes words."""

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np

from musicdesk.encoders.nets.htcl_config import HtclConfig
from musicdesk.errors import BadRequest
from musicdesk.records import unit_rows
from musicdesk.records.meaning import PreferencePairs
from musicdesk.semantic.learning_config import LearningConfig, StageConfig
from musicdesk.semantic.lessons import worded
from musicdesk.semantic.material import Material
from musicdesk.semantic.texts import Facts

KINDS = ("piano", "metal", "techno", "folk")
FEELINGS = ("sad", "happy", "calm", "loud")
TINY = LearningConfig(
    tower=HtclConfig(width=32, audio_head=(32,), text_head=(32,), fusion=(24,), joint=16),
    meaning=StageConfig(25, 5e-3, 64), preference=StageConfig(5, 3e-3, 64, slowed=0.5), captions=2,
    sound_noise=0.1,
)  # fmt: skip
SHORT = replace(TINY, captions=1, meaning=StageConfig(4, 3e-3, 128), preference=StageConfig(3, 2e-3, 256))
HIDDEN = 6
"""Groups that sounds tell and no text does."""
DIM = 24


@dataclass
class HashedWords:
    """The sum of a fixed random direction for each word: texts that share words lie near each other."""

    dim: int = 32
    name: str = "hashed"
    asked: int = 0

    def encode(self, texts):
        if not all(text.strip() for text in texts):
            raise BadRequest("A text is empty.")
        self.asked += len(texts)
        return unit_rows(np.stack([sum(self._word(w) for w in self._words(text)) for text in texts]))

    def _words(self, text):
        return ["", *text.casefold().replace(",", " ").replace(".", " ").split()]

    def _word(self, word):
        return _direction(word, self.dim)


@cache
def _direction(word, dim):
    return np.random.default_rng(crc32(word.encode())).standard_normal(dim).astype(np.float32)


class MadeUp(NamedTuple):
    """A material, and the number of each track's kind, feeling and hidden group."""

    material: Material
    kind: np.ndarray
    feeling: np.ndarray
    hidden: np.ndarray


def library(n=240, *, noise=0.3, seed=0, artists=48, sentences=None, told=True):
    """A library of ``n`` tracks; artists are of every kind, and directions the same for every seed."""
    rng, always = np.random.default_rng(seed), np.random.default_rng(99)
    directions = always.standard_normal((len(KINDS) + len(FEELINGS) + HIDDEN, DIM))
    kind, feeling, hidden = (rng.integers(count, size=n) for count in (len(KINDS), len(FEELINGS), HIDDEN))
    sounds = directions[kind] + directions[len(KINDS) + feeling] + noise * rng.standard_normal((n, DIM))
    sounds += directions[len(KINDS) + len(FEELINGS) + hidden]
    facts = [
        Facts(f"Title {i}", f"Artist {i % artists}", f"Album {i % artists}-{i // (3 * artists)}",
              genres=(KINDS[k],) if told else (), heard=(FEELINGS[f], KINDS[k]) if told else ())
        for i, (k, f) in enumerate(zip(kind, feeling, strict=True))
    ]  # fmt: skip
    material = Material.of(sounds.astype(np.float32), facts, sentences or HashedWords())
    return MadeUp(material, kind, feeling, hidden)


def tastes(material, groups, *, count=600, seed=0):
    """Pairs of tracks of the same group: who takes one takes the other."""
    rng = np.random.default_rng(seed)
    one = rng.integers(len(material), size=4 * count)
    other = rng.integers(len(material), size=4 * count)
    fits = np.flatnonzero((groups[one] == groups[other]) & (one != other))[:count]
    return PreferencePairs(one[fits], other[fits], np.ones(len(fits), np.float32))


def with_tastes(made_up, groups, **changes):
    """The material of a library with pairs of tracks of the same group."""
    return replace(made_up.material, pairs=tastes(made_up.material, groups), **changes)


def nearest(learned, text, sentences):
    """The ten tracks nearest to a text."""
    query = worded(learned.network, sentences.encode([text]))[0]
    return np.argsort(-(learned.joint @ query))[:10]
