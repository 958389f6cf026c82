"""Moods of one picture of the library after the other: what is heard is kept, since it costs seconds in a large one."""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from musicdesk.desk.snapshot import Snapshot
from musicdesk.desk.workbench import genres
from musicdesk.encoders.base import EncoderSpec
from musicdesk.events import Events
from musicdesk.prototypes.inheritance import rows_of
from musicdesk.records import MOODS, UNCERTAIN, IntArray, MoodCorrection, Moods, OwnTags, Track, Vectors
from musicdesk.store.moods import MoodStore
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

if TYPE_CHECKING:
    from musicdesk.mood.labelling import Hearing

MEASURER = "handcrafted"
"""The encoder whose vectors are the measures of the sound; its vectors lie beside those of the one in use."""
WITNESS = "vibenet"
"""An encoder that has a say of the axes, where a person installed it and let it listen."""
NEWS = 0.05
"""While an analysis goes on, moods are found anew when there is news of so much of the library; and when it is over."""
SMALL = 5000
"""So few sounds are heard anew after every batch: that takes a seventh of a second."""
STEP = 16
"""Of those that may have been listened to again, every so many is looked at."""

NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class _Basis:
    """What was heard, and what it was heard from; it costs seconds in a large library."""

    vectors: Vectors
    measures: Vectors | None
    hearing: "Hearing"

    def news(self, snapshot: Snapshot, measures: Vectors | None) -> float:
        """Of which share of the library there is something that it does not know."""
        before, now = self.vectors, snapshot.vectors
        if before.key != now.key or now.hashes[: len(before)] != before.hashes:
            return 1.0
        measured = abs(_count(measures) - _count(self.measures))
        return (len(now) - len(before) + _again(before, now) + measured) / len(now)


@dataclass(frozen=True, eq=False)
class _Said:
    """What is said of the sounds beside what is heard."""

    words: Mapping[str, IntArray]
    tracks: Mapping[str, Track]
    tags: OwnTags
    corrections: Mapping[str, MoodCorrection]
    witness: Vectors | None
    """What the encoder WITNESS heard."""

    def like(self, other: "_Said") -> bool:
        """Whether the same is said."""
        same = self.corrections == other.corrections and self.witness is other.witness
        return same and _alike(self.words, other.words)


@dataclass(frozen=True, eq=False)
class _Known:
    """Moods, and what they were found from."""

    moods: Moods
    told: Moods
    """The same without the sounds that came since."""
    snapshot: Snapshot
    basis: _Basis
    said: _Said


class Finding:
    """Finds moods, and finds anew only what is not known already."""

    def __init__(
        self, *, vectors: VectorStore, tracks: TrackStore, corrections: MoodStore, own: Callable[[], OwnTags],
        spec: Callable[[str], EncoderSpec], base_of: Callable[[str], str], analysing: Callable[[], bool],
        events: Events,
    ) -> None:  # fmt: skip
        """``analysing`` tells whether an analysis goes on, ``base_of`` on which encoder another one stands, or ""."""
        self._base_of = base_of
        self._vectors, self._tracks, self._corrections = vectors, tracks, corrections
        self._own, self._spec, self._analysing = own, spec, analysing
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._measured: tuple[Snapshot, int, Vectors | None] | None = None
        self._witnessed: tuple[int, Vectors | None] = (-1, None)
        self._epoch = 0
        events.analysis_changed.listen(self._past)

    def of_picture(self, snapshot: Snapshot, wanted: Collection[str] = ()) -> Moods:
        """The moods of one picture of the library, in the order of its rows.

        While an analysis of a large library goes on, its newest sounds are uncertain until there are more of them, but
        for those that are ``wanted``.
        """
        with self._lock:
            return self._found(snapshot, wanted).moods

    def without(self, snapshot: Snapshot, sounds: Collection[str]) -> Moods:
        """The moods as they were, had the listener said nothing of these sounds."""
        with self._lock:
            known = self._found(snapshot, sounds)
        said = known.said.corrections
        if said.keys().isdisjoint(sounds):
            return known.moods
        others = {sound: said[sound] for sound in said if sound not in sounds}
        told = _told(known.basis, replace(known.said, corrections=others))
        return with_unheard(told, snapshot.vectors.hashes)

    def measures(self, snapshot: Snapshot) -> Vectors | None:
        """The measures by which these moods were found, in an order of their own; None while nothing is measured."""
        with self._lock:
            return self._found(snapshot).basis.measures

    def _found(self, snapshot: Snapshot, wanted: Collection[str] = ()) -> _Known:
        known, measures = self._known, self._measures(snapshot)
        before = known.basis if known else None
        basis = (
            before if before and self._holds(before, snapshot, measures, wanted) else self._heard(snapshot, measures)
        )
        said = self._said(snapshot, basis)
        if known is None or known.basis is not basis:
            told = _told(basis, said)
        elif known.snapshot is snapshot and known.said is said:
            return known
        else:
            told = known.told if said.like(known.said) else _told(basis, said)
        self._known = _Known(with_unheard(told, snapshot.vectors.hashes), told, snapshot, basis, said)
        return self._known

    def _heard(self, snapshot: Snapshot, measures: Vectors | None) -> _Basis:
        """What sounds tell of moods; of an encoder that stands on another's rows the other one tells it."""
        from musicdesk.mood import labelling  # its trained part is not for every start

        own = snapshot.vectors
        base = self._base_of(own.key.name)
        telling = _in_order(self._vectors.load(self._spec(base).key), own) if base else own
        return _Basis(own, measures, labelling.hear(own.hashes, vectors=telling, measures=measures))

    def _holds(
        self, basis: _Basis, snapshot: Snapshot, measures: Vectors | None, wanted: Collection[str]
    ) -> bool:  # fmt: skip
        """Whether what was heard will do for this picture."""
        if basis.vectors is snapshot.vectors and basis.measures is measures:
            return True
        if len(snapshot.vectors) < SMALL or not self._analysing() or basis.news(snapshot, measures) >= NEWS:
            return False
        return all(snapshot.shelf.rows.get(sound, 0) < len(basis.vectors) for sound in wanted)

    def _measures(self, snapshot: Snapshot) -> Vectors | None:
        if snapshot.vectors.key.name == MEASURER:
            return snapshot.vectors
        epoch = self._epoch
        if self._measured is None or self._measured[0] is not snapshot or self._measured[1] != epoch:
            found = self._vectors.load(self._spec(MEASURER).key)
            self._measured = snapshot, epoch, found if len(found) else None
        return self._measured[2]

    def _witness(self, snapshot: Snapshot) -> Vectors | None:
        """What the encoder WITNESS heard; while an analysis goes on, anew when there is news of so much."""
        if snapshot.vectors.key.name == WITNESS:
            return snapshot.vectors
        epoch, (read, before) = self._epoch, self._witnessed
        if read != epoch:
            found = self._vectors.load(self._spec(WITNESS).key)
            few = abs(len(found) - _count(before)) < NEWS * len(snapshot.vectors)
            if before is None or not (few and self._analysing()):
                before = found if len(found) else None
            self._witnessed = epoch, before
        return before

    def _said(self, snapshot: Snapshot, basis: _Basis) -> _Said:
        """What is said now; the same record where nothing of it is new."""
        tags, corrections, witness = self._own(), self._corrections.all(), self._witness(snapshot)
        known = self._known
        before = known.said if known and known.basis is basis else None
        if before is None or before.tracks is not snapshot.tracks or before.tags is not tags:
            return _Said(self._words(snapshot, basis, tags), snapshot.tracks, tags, corrections, witness)
        if before.corrections == corrections and before.witness is witness:
            return before
        return replace(before, corrections=corrections, witness=witness)

    def _words(self, snapshot: Snapshot, basis: _Basis, tags: OwnTags) -> dict[str, IntArray]:
        """Word of the files or of the listener → which of the sounds that were heard bear it."""
        words = genres(self._tracks.all(), basis.vectors.hashes)
        for tag, sounds in tags.bearing.items():
            rows = rows_of(snapshot.shelf.rows, sounds)
            words[tag] = np.union1d(words.get(tag, NONE), rows[rows < len(basis.vectors)])
        return words

    def _past(self, _: None) -> None:
        self._epoch += 1


def _in_order(base: Vectors, own: Vectors) -> Vectors:
    """What ``base`` heard of the sounds of ``own``, in their order; ``own`` where it has not heard all of them."""
    if base.hashes == own.hashes:
        return base
    place = {sound: row for row, sound in enumerate(base.hashes)}
    if any(sound not in place for sound in own.hashes):
        return own
    rows = np.array([place[sound] for sound in own.hashes], np.int64)
    return replace(
        base, hashes=own.hashes, matrix=base.matrix[rows], tags=base.tags[rows], typical_s=base.typical_s[rows]
    )


def _told(basis: _Basis, said: _Said) -> Moods:
    from musicdesk.mood import labelling, vibenet

    others = vibenet.witnesses(basis.vectors.hashes, said.witness, ranks=basis.vectors.key)
    return labelling.label(basis.hearing, words=said.words, corrections=said.corrections, others=others)


def with_unheard(moods: Moods, hashes: tuple[str, ...]) -> Moods:
    """With the sounds that came since, of which nothing is known: ``hashes`` begins with those that are."""
    more = len(hashes) - len(moods)
    if not more:
        return moods
    return Moods(
        hashes,
        shares=_longer(moods.shares, more, 1 / len(MOODS)),
        labels=_longer(moods.labels, more, UNCERTAIN),
        sure=_longer(moods.sure, more, 0),
        axes=_longer(moods.axes, more, 0.5),
        axes_sure=_longer(moods.axes_sure, more, 0),
        witnesses=moods.witnesses,
    )


def _longer(table: Any, more: int, filled: float) -> Any:
    """A table with more rows, of its own kind and width."""
    return np.concatenate([table, np.full((more, *table.shape[1:]), filled, dtype=table.dtype)])


def _again(before: Vectors, now: Vectors) -> int:
    """About how many sounds were listened to again; rows that only got others behind them lie in the same memory."""
    if before.matrix.base is now.matrix.base is not None:
        return 0
    some = slice(0, len(before), STEP)
    return STEP * int((before.matrix[some] != now.matrix[some]).any(axis=1).sum())


def _alike(words: Mapping[str, IntArray], others: Mapping[str, IntArray]) -> bool:
    return words.keys() == others.keys() and all(np.array_equal(rows, others[word]) for word, rows in words.items())


def _count(vectors: Vectors | None) -> int:
    return 0 if vectors is None else len(vectors)
