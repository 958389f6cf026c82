"""What is learned from: sounds, what is known of them in words, and which were taken after which."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from musicdesk.encoders.sentences import Sentences
from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray, IntArray, numbers_of
from musicdesk.records.meaning import PreferencePairs
from musicdesk.semantic.texts import Facts, text_of

NO_PAIRS = PreferencePairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))


@dataclass(frozen=True, eq=False)
class Material:
    """One row a sound. Numbers of artists, albums and recordings are equal for the same one; -1: unknown."""

    sounds: FloatArray  # [n, dim] vectors of the base, or [n, frames, mels] decibels
    facts: tuple[Facts, ...]
    sentences: Sentences
    artists: IntArray  # [n]
    albums: IntArray  # [n]
    recordings: IntArray  # [n]
    pairs: PreferencePairs = NO_PAIRS
    moods: FloatArray | None = None  # [n, k] how far moods are felt, any scale; nan: unknown; asked by the guard

    @classmethod
    def of(
        cls,
        sounds: FloatArray,
        facts: Sequence[Facts],
        sentences: Sentences,
        *,
        recordings: IntArray | None = None,
        pairs: PreferencePairs = NO_PAIRS,
        moods: FloatArray | None = None,
    ) -> Self:
        """The material, with artists and albums as the facts name them; without ``recordings`` each sound is its own.

        Raises BadRequest where the lengths differ, or a sound is no number.
        """
        n = len(facts)
        if len(sounds) != n or not np.isfinite(sounds).all():
            raise BadRequest(f"Of {n} tracks there are {len(sounds)} sounds, or some that are no numbers.")
        albums = numbers_of([f"{fact.album}\n{fact.artist}" if fact.album else "" for fact in facts])
        own = np.arange(n) if recordings is None else np.asarray(recordings, np.int64)
        return cls(sounds, tuple(facts), sentences, numbers_of([f.artist for f in facts]), albums, own, pairs, moods)

    def __len__(self) -> int:
        return len(self.facts)

    def part(self, rows: IntArray) -> Self:
        """Some rows of it, with the pairs that lie within them."""
        place = np.full(len(self), -1, np.int64)
        place[rows] = np.arange(len(rows))
        triggers, accepted = place[self.pairs.triggers], place[self.pairs.accepted]
        inside = (triggers >= 0) & (accepted >= 0)
        pairs = PreferencePairs(triggers[inside], accepted[inside], self.pairs.weights[inside], self.pairs.counts)
        return replace(
            self, sounds=self.sounds[rows], facts=tuple(self.facts[row] for row in rows), artists=self.artists[rows],
            albums=self.albums[rows], recordings=self.recordings[rows], pairs=pairs,
            moods=None if self.moods is None else self.moods[rows],
        )  # fmt: skip

    @property
    def texts(self) -> tuple[str, ...]:
        """Both sentences of each track; "" where nothing is known."""
        return tuple(text_of(fact) for fact in self.facts)
