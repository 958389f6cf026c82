"""The words on offer beside what is liked, and what is heard of every prototype: kept per picture of the library."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from musicdesk.desk.names import one_line
from musicdesk.desk.snapshot import Snapshot
from musicdesk.desk.workbench import ground
from musicdesk.encoders import phrases
from musicdesk.errors import NotFound, NothingYet
from musicdesk.prototypes import bank, evidence, redundancy
from musicdesk.prototypes.profile import offered_anew
from musicdesk.prototypes.providers import FEWEST, Candidate, Ground, from_tag, from_tags, from_text
from musicdesk.records import Excerpt, FloatArray, OwnTags, Prototype, Taste
from musicdesk.store.own_tags import folded
from musicdesk.store.tracks import TrackStore
from musicdesk.store.windows import WindowStore

SEED = 104_729
"""Of the ids of new words."""
_Asked = tuple[bytes, str, str]
"""Direction, phrase, sound."""


class Meant(Protocol):
    """What a search makes of a phrase."""

    def __call__(self, snapshot: Snapshot, text: str, *, guessing: bool = False) -> FloatArray | None:
        """How well each sound fits it [n], nan for what cannot be meant; None: its words are to be taken.

        ``guessing``: of any phrase that means something.
        """


@dataclass(eq=False)
class _Known:
    """What follows from one picture of the library."""

    snapshot: Snapshot
    tags: OwnTags
    ground: Ground
    excerpts: dict[_Asked, Excerpt | None] = field(default_factory=dict)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The prototypes of all words; not made before someone asks, since a tag of one's own is given in a moment."""
        return from_tags(self.ground)


class Offering:
    """Offers words, and tells what is heard of prototypes as far as anyone has listened closely."""

    def __init__(
        self, *, tracks: TrackStore, windows: WindowStore, models: Path, own: Callable[[], OwnTags], meant: Meant
    ) -> None:
        self._tracks, self._windows, self._models, self._own, self._meant = tracks, windows, models, own, meant
        self._lock = threading.RLock()
        self._known: _Known | None = None

    def ground(self, snapshot: Snapshot) -> Ground:
        """The library as the providers of prototypes see it."""
        return self._of(snapshot).ground

    def tag(self, snapshot: Snapshot, word: str) -> Candidate:
        """The prototype of a word. Raises NotFound, and NothingYet for the listener's own tag of too few tracks."""
        known, wanted = self._of(snapshot), folded(one_line(word))
        mine = next((tag for tag in known.ground.own if folded(tag) == wanted), "")
        try:
            return from_tag(known.ground, mine or word)
        except NotFound:
            if not any(folded(tag) == wanted for tag in known.tags.bearing):
                raise
        count = len(known.ground.own.get(mine, ()))
        raise NothingYet(
            f"“{word}” is your tag of {count} analysed track{'s' * (count != 1)}; a prototype needs {FEWEST}. "
            "Give it to more of them, or make a prototype from the tracks themselves."
        )

    def phrase(self, snapshot: Snapshot, text: str) -> Candidate:
        """The prototype of a phrase: of what a search finds by it where something was learned that hears phrases, by
        ear where the encoder in use hears texts, else by the words that are known.

        Raises NotFound where nothing in it is known.
        """
        near = self._meant(snapshot, text)
        if near is None:
            vectors = snapshot.vectors
            near = phrases.nearness(vectors.key.name, self._models, text, vectors.matrix)
        try:
            return from_text(self.ground(snapshot), text, nearness=near)
        except NotFound:
            near = self._meant(snapshot, text, guessing=True)
            if near is None:
                raise
            return from_text(self.ground(snapshot), text, nearness=near)

    def total(self, snapshot: Snapshot) -> int:
        """How many prototypes a taste of this library is filled up to."""
        return redundancy.fitting_total(len(snapshot.shelf))

    def offers(self, snapshot: Snapshot) -> tuple[Candidate, ...]:
        """The prototypes of all words, with exemplars in which they are heard; none for a very small library."""
        if self.total(snapshot) <= bank.LIBRARY_COUNT:
            return ()
        known = self._of(snapshot)
        listened = self._windows.known(snapshot.vectors.key)
        with self._lock:
            candidates = known.candidates
        return tuple(self._heard_out(known, candidate, listened) for candidate in candidates)

    def reconsidered(self, snapshot: Snapshot, taste: Taste, liked: Sequence[str]) -> Taste:
        """The taste with its words weighed anew by what is heard of them; what a person made or moved stays."""
        offers, vectors = self.offers(snapshot), snapshot.vectors
        if offers:
            taste = offered_anew(
                taste, vectors, snapshot.shelf.space, offers, liked, total=self.total(snapshot),
                rng=np.random.default_rng(SEED),
            )  # fmt: skip
        return self.measured(snapshot, taste)

    def measured(self, snapshot: Snapshot, taste: Taste) -> Taste:
        """The taste with the faithfulness of every prototype whose exemplars were listened to."""
        found = tuple(evidence.measured(p, self.excerpts(snapshot, p)) for p in taste.prototypes)
        return replace(taste, prototypes=found)

    def excerpts(self, snapshot: Snapshot, prototype: Prototype) -> tuple[Excerpt, ...]:
        """Where its exemplars show it best, in their order; those are left out that nobody listened to closely."""
        if prototype.vector.shape != snapshot.shelf.space.shape[1:]:
            return ()
        phrase = evidence.phrase_behind(prototype)
        known = self._of(snapshot)
        found = self._excerpts(known, prototype.vector, phrase, prototype.exemplars)
        return tuple(heard for key in prototype.exemplars if (heard := found.get(key)))

    def missing(self, snapshot: Snapshot, prototypes: Iterable[Prototype]) -> tuple[str, ...]:
        """The exemplars that nobody listened to closely yet and that are there to be listened to."""
        listened = self._windows.known(snapshot.vectors.key)
        wanted = dict.fromkeys(key for p in prototypes for key in p.exemplars)
        return tuple(key for key in wanted if key not in listened and key in snapshot.shelf.rows)

    def _of(self, snapshot: Snapshot) -> _Known:
        with self._lock:
            known, tags = self._known, self._own()
            same = known is not None and known.snapshot.vectors is snapshot.vectors
            if known is None or not same or known.snapshot.tracks is not snapshot.tracks or known.tags is not tags:
                known = self._known = _Known(snapshot, tags, ground(snapshot, self._tracks.all(), tags))
            return known

    def _heard_out(self, known: _Known, candidate: Candidate, listened: frozenset[str]) -> Candidate:
        hashes = known.snapshot.vectors.hashes
        rows = {hashes[row]: row for row in candidate.rows[: evidence.TRIED].tolist() if hashes[row] in listened}
        if not rows:
            return candidate
        found = self._excerpts(known, candidate.vector, candidate.word, rows)
        return evidence.heard_out(
            candidate, {row: found.get(key) for key, row in rows.items()}, known.snapshot.shelf.space
        )

    def _excerpts(
        self, known: _Known, vector: FloatArray, phrase: str, hashes: Iterable[str]
    ) -> dict[str, Excerpt | None]:
        """The best excerpt of each of these sounds; None where nothing was heard."""
        with self._lock:
            asked = {key: (vector.tobytes(), phrase, key) for key in hashes}
            fresh = [key for key, question in asked.items() if question not in known.excerpts]
            snapshot = known.snapshot
            for key, passages in self._windows.load(snapshot.vectors.key, fresh).items() if fresh else ():
                known.excerpts[asked[key]] = evidence.excerpt(
                    passages, vector, phrase, ground=known.ground, scale=snapshot.space.scale,
                    row=snapshot.shelf.rows.get(key, -1),
                )  # fmt: skip
            return {key: known.excerpts[question] for key, question in asked.items() if question in known.excerpts}
