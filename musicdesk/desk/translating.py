"""The translator of moods: taught on this library in the background, kept, found again; or what serves until then."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.desk.fitted import Footing
from musicdesk.desk.learned import Learned, heard_by
from musicdesk.desk.moods import Feeling
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.errors import NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.mood import methods
from musicdesk.mood.catalogue import Catalogue
from musicdesk.mood.translation import Translation
from musicdesk.records import MOODS, Mood, Moods

if TYPE_CHECKING:
    from musicdesk.mood.translation import TranslatorConfig

SEED = 13
LEARN = "Let it learn this library with: musicdesk steer learn"


@dataclass(frozen=True, slots=True)
class TranslatorReport:
    """What the translator learned from."""

    encoder: str
    sounds: int
    sure: int
    """Sounds of whose mood anyone is sure."""
    learned: int
    """Sounds of whose mood anything is known; it learns from these."""
    moods: tuple[tuple[Mood, int], ...]
    """How many of what is learned from each mood has, as the likeliest one."""
    seconds: float


class Translating:
    """Teaches, keeps and hands out the translator."""

    def __init__(
        self, *, snapshots: Snapshots, feeling: Feeling, folder: Path, events: Events,
        must_write: Callable[[], None], now: Callable[[], float],
    ) -> None:  # fmt: skip
        self._snapshots, self._feeling = snapshots, feeling
        self._events, self._must_write, self._now = events, must_write, now
        self._learned = Learned(folder, load=Translation.load, dim=lambda made: made.dim, called="translator")

    @property
    def wanting(self) -> bool:
        """Whether there is enough to learn from, and nothing was learned yet of this library as it is now."""
        try:
            snapshot = self._snapshots.current()
        except NothingYet:
            return False
        from musicdesk.mood.fewest import enough

        catalogue = catalogue_of(snapshot, self._feeling.of_picture(snapshot))
        return not enough(catalogue) and self._learned.stale(snapshot, lambda: self._footing(snapshot, catalogue))

    def fit(self, job: Job, *, config: "TranslatorConfig | None" = None) -> TranslatorReport:
        """Teach the translator with what is known of the moods, and keep it; interrupted, the last one stays.

        Raises:
            NothingYet: nothing is analysed, or too little.
            ReadOnlyData, DataFolderError: it cannot be kept.
            Cancelled: the job was cancelled.
        """
        from musicdesk.mood import training  # which loads torch
        from musicdesk.mood.translation import TranslatorConfig

        self._must_write()
        began = time.monotonic()
        snapshot = self._snapshots.current()
        job.begin("Finding the moods of the library")
        catalogue = catalogue_of(snapshot, self._feeling.of_picture(snapshot))
        made = training.fit(catalogue, config=config or TranslatorConfig(), job=job)
        self._learned.keep(made, snapshot, self._footing(snapshot, catalogue))
        self._events.moods_changed.emit(None)
        counts = _counts(catalogue)
        return TranslatorReport(
            snapshot.vectors.key.name, len(catalogue), len(catalogue.sure), sum(counts), _by_mood(counts),
            time.monotonic() - began,
        )  # fmt: skip

    def translation(self, snapshot: Snapshot) -> Translation | None:
        """What was learned of the encoder of this picture; None while nothing was, or what was kept is broken."""
        return self._learned.get(snapshot)

    def method(self, name: str, snapshot: Snapshot, catalogue: Catalogue) -> tuple[methods.Method, str]:
        """The method of this name, or the best that there is for ""; and what must be told of the choice, or "".

        Raises NothingYet where the translator is asked for and was never taught, NotFound for an unknown name.
        """
        from musicdesk.mood.fewest import enough

        learned, rng, told = self.translation(snapshot), np.random.default_rng(SEED), ""
        if not name and learned is None:
            told = f"{enough(catalogue) or LEARN + '.'} Until then the plain method finds these."
        if name in methods.TRAINED and learned is None:
            raise NothingYet(enough(catalogue) or f"The translator has not learned this library yet. {LEARN}")
        chosen = name or (methods.methods()[0] if learned else methods.BEST_WITHOUT_TRAINING)
        return methods.make(chosen, catalogue, translator=learned, rng=rng), told

    # -------------------------------------------------------------------------------------------- inside

    def _footing(self, snapshot: Snapshot, catalogue: Catalogue) -> Footing:
        learned = sum(_counts(catalogue))
        return Footing(0, learned, learned, len(catalogue), heard_by(snapshot.vectors.key), self._now())


def catalogue_of(snapshot: Snapshot, moods: Moods) -> Catalogue:
    """The library as the methods see it: places, moods, and who made what."""
    shelf = snapshot.shelf
    return Catalogue(shelf.space, moods.shares, moods.labels, shelf.artist_ids.astype(np.int64))


def _counts(catalogue: Catalogue) -> list[int]:
    """How many sounds have each of MOODS as the likeliest one; those of which nothing is known do not count."""
    likeliest = catalogue.likeliest
    return [int((likeliest == mood).sum()) for mood in range(len(MOODS))]


def _by_mood(counts: list[int]) -> tuple[tuple[Mood, int], ...]:
    return tuple(zip(MOODS, counts, strict=True))


def nobody_sure(catalogue: Catalogue, mood: Mood) -> bool:
    """Whether no sound here is surely of this mood."""
    return not bool((catalogue.labels == MOODS.index(mood)).any())
