"""What steering must know of a library at one moment: moods, what the check of a claim measures, genres and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from musicdesk.desk.snapshot import Snapshot
from musicdesk.desk.translating import catalogue_of
from musicdesk.mood import claims
from musicdesk.mood import measures as measuring
from musicdesk.mood.catalogue import Catalogue
from musicdesk.prototypes.agreement import form_odds
from musicdesk.prototypes.providers import Ground
from musicdesk.prototypes.words import Kind, word
from musicdesk.records import FloatArray, IntArray, Moods, Vectors

Mask = npt.NDArray[np.bool_]
STANDS_OUT = 0.5
"""So many deviations above the library a word must stand to be said of a track."""
ALSO_INSTRUMENTS = frozenset({"acoustic", "electronic", "solo", "vocals", "female voice", "male voice", "choir"})
"""Words that tell what plays, beside the names of instruments."""
SHARED = 1 / 3
"""A genre that so many of the seed's tracks bear is one of the seed's genres."""


@dataclass(frozen=True, eq=False)
class Bearings:
    """One picture of the library, with its moods."""

    snapshot: Snapshot
    moods: Moods
    measures: Vectors | None
    ground: Ground

    @cached_property
    def catalogue(self) -> Catalogue:
        """The library as the methods see it."""
        return catalogue_of(self.snapshot, self.moods)

    # ------------------------------------------------------------------------------------------ what checks a claim

    def lively(self, by: tuple[str, ...]) -> FloatArray:
        """How lively each sound is by measures that had no part in moods; nan where it was not measured.  # [n]"""
        if by not in self._lively:
            told = np.full(self.count, np.nan, np.float32)
            if self.measures is not None:
                rows, places = self._measured
                told[rows] = claims.liveliness(measuring.named(self.measures.matrix[places]), by)
            self._lively[by] = told
        return self._lively[by]

    @cached_property
    def _lively(self) -> dict[tuple[str, ...], FloatArray]:
        """What was asked before."""
        return {}

    @cached_property
    def _measured(self) -> tuple[IntArray, IntArray]:
        """Rows of the library that were measured, and where their measures stand."""
        assert self.measures is not None
        rows = self.snapshot.shelf.rows
        pairs = [(rows[sound], place) for place, sound in enumerate(self.measures.hashes) if sound in rows]
        both = np.array(pairs, np.int64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    # ------------------------------------------------------------------------------------------ words

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The encoder's words, synonyms together."""
        return tuple(self.ground.agreement.forms)

    @cached_property
    def _standard(self) -> tuple[FloatArray, FloatArray]:
        """Mean and deviation of the log-odds of every form in the library.  # [forms], [forms]"""
        odds = form_odds(self.snapshot.vectors.tags[:: self.ground.step], self.ground.agreement.forms)
        return odds.mean(axis=0), np.maximum(odds.std(axis=0), np.float32(1e-3))

    def fits(self, rows: IntArray | slice) -> FloatArray:
        """How far each form stands out in some rows, in deviations of the library.  # [m, forms]"""
        odds = form_odds(self.snapshot.vectors.tags[rows], self.ground.agreement.forms)
        if not odds.size:
            return odds
        mean, spread = self._standard
        return np.asarray((odds - mean) / spread, np.float32)

    @cached_property
    def instrument_fits(self) -> FloatArray:
        """How far what plays stands out in every row; no columns where the encoder has no such words.  # [n, i]"""
        kept = [
            i for i, form in enumerate(self.forms) if word(form).kind is Kind.INSTRUMENT or form in ALSO_INSTRUMENTS
        ]
        return np.ascontiguousarray(self.fits(slice(None))[:, kept]) if kept else np.zeros((self.count, 0), np.float32)

    @property
    def count(self) -> int:
        """Sounds of the library."""
        return len(self.snapshot.shelf)

    # ------------------------------------------------------------------------------------------ genres

    @cached_property
    def heard_genre(self) -> IntArray:
        """The genre word in which each row stands out most, by number; -1 where there are no such words.  # [n]"""
        kept = [i for i, form in enumerate(self.forms) if word(form).kind is Kind.GENRE]
        if not kept:
            return np.full(self.count, -1, np.int64)
        return np.asarray(self.fits(slice(None))[:, kept].argmax(axis=1), np.int64)

    def same_genre(self, rows: IntArray) -> Mask | None:
        """Which tracks share a genre of the seed's files, or sound like its genre where files name none.

        None where neither is known.  # [m] -> [n]
        """
        genres = self.ground.genres.values()
        own = [bearing for bearing in genres if np.isin(rows, bearing).sum() >= max(1.0, SHARED * len(rows))]
        alike = self._sounds_like(rows)
        if not own:
            return alike
        same, told = np.zeros(self.count, bool), np.zeros(self.count, bool)
        same[np.concatenate(own)] = True
        told[np.concatenate(list(genres))] = True
        return same if alike is None else same | (alike & ~told)

    def _sounds_like(self, rows: IntArray) -> Mask | None:
        """Which tracks have a genre word that is the strongest of many of these.  # [m] -> [n]"""
        heard = self.heard_genre[rows]
        if (heard < 0).any():
            return None
        counts = np.bincount(heard)
        return np.isin(self.heard_genre, np.flatnonzero(counts >= min(counts.max(), SHARED * len(rows))))


def shared_words(own: FloatArray, other: FloatArray, forms: Sequence[str]) -> list[str]:
    """The words that stand out in both, the strongest first; moods are left out: those are told as axes.

    # [forms], [forms]
    """
    both = np.minimum(own, other)
    order = np.argsort(-both, kind="stable").tolist()
    return [forms[i] for i in order if both[i] >= STANDS_OUT and word(forms[i]).kind in _TOLD]


_TOLD = frozenset({Kind.INSTRUMENT, Kind.VOICE, Kind.GENRE})
