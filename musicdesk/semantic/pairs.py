"""Which tracks a listener took after which: the pairs that the second stage learns from.

Four sources tell them: tracks picked after a seed (the paper's own: a trigger, and what was accepted after it), tracks
liked in one session, tracks kept in one playlist, and tracks that stand near each other in an imported log. What is
popular is taken after everything; so a pair counts the less, the more pairs its ends stand in, and no track may stand
in more than ``most``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray, IntArray
from musicdesk.records.meaning import Choice, PreferencePairs

GAP_S = 30 * 60.0
"""So long a silence ends a session."""
NEAR = 3
"""In sessions and playlists each track is paired with so many that follow it: what lies further apart says less."""
MOST = 64
"""Pairs that one track may stand in."""
LEVEL = 0.5
"""A pair counts by the power -LEVEL of how often its ends stand in pairs (their geometric mean)."""
SOURCES: Mapping[str, float] = {"chosen": 2.0, "session": 1.0, "playlist": 1.0, "log": 0.5}
"""How much a pair of each source counts; one that several tell counts by their sum."""

Rows = Sequence[int]
Pair = tuple[int, int]


def preference_pairs(
    hashes: Sequence[str],
    *,
    choices: Sequence[Choice] = (),
    likes: Mapping[str, float] | None = None,
    playlists: Sequence[Sequence[str]] = (),
    heard: Sequence[tuple[str, str, float]] = (),
    recordings: IntArray | None = None,
    most: int = MOST,
    seed: int = 0,
) -> PreferencePairs:
    """The pairs that choices, likes, playlists and logs tell, over the rows of ``hashes``.

    ``likes``: audio hash → when it was liked; ``playlists``: audio hashes in their order; ``heard``: (listener, audio
    hash, when) of imported logs. Sounds that are not in ``hashes`` are left out; ``recordings`` [n] tells which rows
    are the same sound in other files. Raises BadRequest where that is no row for each sound.
    """
    own = np.arange(len(hashes)) if recordings is None else np.asarray(recordings, np.int64)
    if len(own) != len(hashes):
        raise BadRequest(f"Of {len(hashes)} sounds {len(own)} recordings are known.")
    row = {audio_hash: number for number, audio_hash in enumerate(hashes)}
    told = {
        "chosen": [(row[c.trigger], row[c.accepted]) for c in choices if c.trigger in row and c.accepted in row],
        "session": _near(_sessions([("", h, at) for h, at in (likes or {}).items()], row)),
        "playlist": _near([row[h] for h in playlist if h in row] for playlist in playlists),
        "log": _near(_sessions(heard, row)),
    }
    worth: Counter[Pair] = Counter()
    counts = {}
    for source, pairs in told.items():
        different = {pair for pair in pairs if own[pair[0]] != own[pair[1]]}
        counts[source] = len(different)
        for pair in different:
            worth[pair] += SOURCES[source]  # type: ignore[assignment]  # a Counter of floats
    return _levelled(worth, own, tuple(counts.items()), most=most, seed=seed)


def part(pairs: PreferencePairs, rows: IntArray | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> PreferencePairs:
    """Some of the pairs; their weights have the mean 1 again."""
    weights = pairs.weights[rows]
    mean = float(weights.mean()) if len(weights) else 1.0
    return PreferencePairs(
        pairs.triggers[rows], pairs.accepted[rows], (weights / mean).astype(np.float32), pairs.counts
    )


def alone(numbers: IntArray) -> IntArray:
    """The numbers, with a new one for each that is unknown (below 0)."""
    unknown = numbers < 0
    result = numbers.copy()
    result[unknown] = numbers.max(initial=-1) + 1 + np.arange(int(unknown.sum()))
    return result


def _sessions(heard: Iterable[tuple[str, str, float]], row: Mapping[str, int]) -> Iterator[Rows]:
    """The rows of each stretch of one listener that no long silence breaks, in their order."""
    known = sorted((who, at, row[audio_hash]) for who, audio_hash, at in heard if audio_hash in row)
    for _, own in groupby(known, key=lambda one: one[0]):
        session: list[int] = []
        before = -float("inf")
        for _, at, number in own:
            if at - before > GAP_S and session:
                yield session
                session = []
            session.append(number)
            before = at
        yield session


def _near(lists: Iterable[Rows]) -> list[Pair]:
    """Each row with those that follow it nearly, one way: the earlier one is the trigger."""
    return [(one, other) for rows in lists for place, one in enumerate(rows) for other in rows[place + 1 :][:NEAR]]


def _levelled(
    worth: Mapping[Pair, float], own: IntArray, counts: tuple[tuple[str, int], ...], *, most: int, seed: int
) -> PreferencePairs:
    """The pairs, none of a track's beyond ``most``, the popular ones counting less."""
    ordered = sorted(worth)
    pairs = np.array(ordered, np.int64).reshape(-1, 2)
    weights = np.array([worth[pair] for pair in ordered], np.float64)
    kept = _capped(own[pairs], most, np.random.default_rng([seed, 3]))
    pairs, weights = pairs[kept], weights[kept]
    degree = np.bincount(own[pairs].ravel(), minlength=int(own.max(initial=-1)) + 1)
    ends = degree[own[pairs]].astype(np.float64)
    weights = weights * np.maximum(ends.prod(axis=1), 1.0) ** (-LEVEL / 2) if len(pairs) else weights
    return PreferencePairs(pairs[:, 0], pairs[:, 1], _mean_one(weights), counts)


def _capped(ends: IntArray, most: int, rng: np.random.Generator) -> IntArray:
    """Which pairs stay where no track may stand in more than ``most`` of them; by lot.  # [p, 2] -> [q]"""
    degree: Counter[int] = Counter()
    kept = []
    for place in rng.permutation(len(ends)).tolist():
        one, other = ends[place].tolist()
        if max(degree[one], degree[other]) < most:
            kept.append(place)
            degree.update((one, other))
    return np.sort(np.array(kept, np.int64))


def _mean_one(weights: FloatArray | np.ndarray[tuple[int], np.dtype[np.float64]]) -> FloatArray:
    return np.asarray(weights / weights.mean() if len(weights) else weights, np.float32)
