"""What can be heard of a prototype: the ten seconds of a track that are nearest to it, and whether its word is in them.

A track is chosen as a whole, yet a listener hears a few seconds: those are found by encoding every window of the track
and comparing stretches of ten seconds with the prototype, in the same standardised space in which tracks are compared.
Faithfulness is the agreement of these seconds with the prototype's word, as a percentile of the library's tracks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from musicdesk.encoders.pooling import Standardiser
from musicdesk.prototypes import bank
from musicdesk.prototypes.providers import Candidate, Ground
from musicdesk.prototypes.redundancy import HEARD
from musicdesk.records import Excerpt, FloatArray, IntArray, Passages, Prototype

EXCERPT_S = 10.0
FULL = 0.75
"""An excerpt holds at least this share of the windows that ten seconds of the track can hold."""
TRIED = 9
"""So many tracks of a word are listened to at most before it counts as not heard."""
ENOUGH = 3
"""A word is given up after so many tracks in which it is not heard, if there is none in which it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """The seconds of a track that are nearest to a direction."""

    start_s: float
    length_s: float
    vector: FloatArray  # [dim] unit length, in the standardised space
    tags: FloatArray  # [n_tags]


def best_spot(passages: Passages, direction: FloatArray, scale: Standardiser) -> Spot | None:
    """The ten seconds nearest to ``direction`` [dim]; None where nothing was heard.

    Silent windows are not among the passages; an excerpt that would lack windows (at a gap, at the end) is passed over.
    """
    if not len(passages):
        return None
    first, last = _stretches(passages)
    held = last - first
    full = np.flatnonzero(held >= FULL * held.max())
    vectors = _means(passages.vectors, first[full], last[full])
    rows = scale.apply(vectors)
    best = int(np.argmax(rows @ direction))
    at = int(full[best])
    start_s = float(passages.starts_s[at])
    until_s = float(passages.starts_s[last[at] - 1]) + passages.length_s
    tags = _means(passages.tags, first[at : at + 1], last[at : at + 1])[0]
    start_s += max(0.0, until_s - start_s - EXCERPT_S) / 2  # the middle of a window that is longer
    return Spot(start_s, min(EXCERPT_S, until_s - start_s), rows[best], tags)


def excerpt(
    passages: Passages, direction: FloatArray, phrase: str, *, ground: Ground, scale: Standardiser, row: int = -1
) -> Excerpt | None:
    """The best excerpt of a track for a direction and the word or name behind it; None where nothing was heard.

    ``row``: the track's own, which must not speak for itself.
    """
    spot = best_spot(passages, direction, scale)
    if spot is None:
        return None
    near = float((ground.at_large @ direction < float(spot.vector @ direction)).mean())
    faithful = ground.agreement.of_sound(phrase, spot.tags, spot.vector, leave=row) if phrase else None
    return Excerpt(passages.audio_hash, spot.start_s, spot.length_s, near, faithful)


def phrase_behind(prototype: Prototype) -> str:
    """What ought to be heard: its word, or else the words of its name."""
    return prototype.word or prototype.name.removeprefix("not: ")


def measured(prototype: Prototype, excerpts: Iterable[Excerpt]) -> Prototype:
    """The prototype with its faithfulness: the mean of its excerpts; as it is where none was measured."""
    known = [e.faithful for e in excerpts if e.faithful is not None]
    return replace(prototype, faithful=round(float(np.mean(known)), 4)) if known else prototype


def heard_out(candidate: Candidate, excerpts: Mapping[int, Excerpt | None], space: FloatArray) -> Candidate:
    """The candidate of a word after close listening: with other exemplars where its word is not heard in some.

    ``excerpts``: row → what is heard in it, None where nothing could be; rows that nobody listened to are not there.
    A word that is heard in none of enough tracks is left with how little of it is heard.
    """
    poor = {row for row, heard in excerpts.items() if heard is None or not _agrees(heard)}
    good = [heard for row, heard in excerpts.items() if row not in poor]
    if not good and len(poor) >= min(ENOUGH, len(candidate.rows)) and _given_up(candidate, poor):
        shares = [e.faithful for e in excerpts.values() if e is not None and e.faithful is not None]
        return replace(candidate, heard=float(np.mean(shares)) if shares else 0.0)
    shown = bank.exemplars(space, candidate.vector, candidate.rows, refused=poor, in_order=True)
    known = [heard.faithful for row in shown.tolist() if (heard := excerpts.get(row)) and heard.faithful is not None]
    return replace(candidate, exemplars=shown, heard=float(np.mean(known)) if known else None)


def _given_up(candidate: Candidate, poor: set[int]) -> bool:
    return all(row in poor for row in candidate.rows[:TRIED].tolist())


def _agrees(heard: Excerpt) -> bool:
    return heard.faithful is None or heard.faithful >= HEARD


def _stretches(passages: Passages) -> tuple[IntArray, IntArray]:
    """For each window the first of those within ten seconds from its beginning, and the one behind the last.  # [w]"""
    starts = passages.starts_s
    last = np.searchsorted(starts, starts + max(0.0, EXCERPT_S - passages.length_s) + 0.05, side="right")
    first = np.arange(len(starts), dtype=np.int64)
    return first, np.maximum(last, first + 1).astype(np.int64)


def _means(rows: FloatArray, first: IntArray, last: IntArray) -> FloatArray:
    """The mean of the rows from ``first`` to before ``last``, for each pair.  # [m, …]"""
    summed = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    return np.asarray((summed[last] - summed[first]) / (last - first)[:, None], dtype=np.float32)
