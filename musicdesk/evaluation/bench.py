"""How long a slider move takes at the size of a large library; synthetic, so that anyone can rerun it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from musicdesk.prototypes.columns import rarity
from musicdesk.ranking.filters import allowed
from musicdesk.ranking.listing import rank as rank_list
from musicdesk.ranking.scores import Board, Slide
from musicdesk.ranking.shelf import Shelf
from musicdesk.records import FloatArray, Latency, Query, Ranking

TRACKS_PER_ALBUM, ALBUMS_PER_ARTIST = 12, 4


@dataclass(frozen=True, slots=True)
class Timed:
    """One thing that was done some times."""

    name: str
    wall: Latency
    cpu: Latency
    """On this process's own clock: what a busy machine adds least to."""

    @classmethod
    def of(cls, name: str, taken: Sequence[tuple[float, float]]) -> Self:
        """From the wall and CPU milliseconds of each time."""
        wall, cpu = zip(*taken, strict=True)
        return cls(name, latency(wall), latency(cpu))


@dataclass(frozen=True, slots=True)
class RankBench:
    """Times of one slider move to the ranked list with filters, caps, duplicates and variety."""

    wall: Latency
    cpu: Latency
    """Of the same moves, on this process's own clock: what a busy machine adds least to."""
    scores: Latency
    """Wall time of the multiply-add alone."""
    tracks: int
    prototypes: int
    dim: int
    top: int
    variety: float


def rank(
    *,
    tracks: int = 200_000,
    prototypes: int = 24,
    dim: int = 400,
    top: int = 200,
    variety: float = 0.2,
    moves: int = 200,
    rng: np.random.Generator,
) -> RankBench:
    """Time ``moves`` slider moves to the ranked ``top`` over a synthetic library.

    The vectors are made of 200 clusters, prototypes are tracks, gains wander over their whole range. How many threads
    numpy may use is the caller's business.
    """
    slide, ranked = _in_hand(tracks=tracks, prototypes=prototypes, dim=dim, top=top, variety=variety, rng=rng)
    gains = rng.uniform(-1, 2, moves).tolist()
    wall, cpu = timed(ranked, gains)
    alone, _ = timed(slide.move, gains)
    return RankBench(wall, cpu, alone, tracks, prototypes, dim, top, variety)


def slider(
    *, tracks: int, prototypes: int, variety: float, dim: int = 400, top: int = 200, rng: np.random.Generator
) -> Callable[[float], Ranking]:
    """A slider over a synthetic library: called with a gain it ranks the ``top``. For measuring what shows it."""
    return _in_hand(tracks=tracks, prototypes=prototypes, dim=dim, top=top, variety=variety, rng=rng)[1]


def _in_hand(
    *, tracks: int, prototypes: int, dim: int, top: int, variety: float, rng: np.random.Generator
) -> tuple[Slide, Callable[[float], Ranking]]:
    shelf, board = synthetic(tracks=tracks, prototypes=prototypes, dim=dim, rng=rng)
    query = Query(limit=top)
    may = allowed(shelf, query, {}, now=0.0)
    slide = Slide(board, rng.uniform(-0.5, 2, prototypes).astype(np.float32), 0)

    def ranked(gain: float) -> Ranking:
        scores = slide.move(gain)
        return rank_list(shelf, board, scores, gains=slide.gains, query=query, variety=variety, allowed=may)

    return slide, ranked


def timed(action: Callable[[float], object], arguments: list[float], *, warm_up: int = 5) -> tuple[Latency, Latency]:
    """Wall and CPU times of ``action`` over ``arguments``."""
    for argument in arguments[:warm_up]:
        action(argument)
    taken = np.array([once(action, argument) for argument in arguments])
    wall, cpu = (latency(column) for column in taken.T)
    return wall, cpu


def synthetic(*, tracks: int, prototypes: int, dim: int, rng: np.random.Generator) -> tuple[Shelf, Board]:
    """A library of clustered unit vectors with albums, artists and lengths, and a board of its own tracks."""
    centres = rng.standard_normal((200, dim), dtype=np.float32)
    space = centres[rng.integers(200, size=tracks)] + rng.standard_normal((tracks, dim), dtype=np.float32)
    space /= np.linalg.norm(space, axis=1, keepdims=True)
    chosen = rng.choice(tracks, prototypes, replace=False)
    columns, percentiles = rarity(np.ascontiguousarray(space[chosen] @ space.T))
    names = tuple(f"prototype {number + 1}" for number in range(prototypes))
    board = Board(columns, percentiles, names, tuple(number % 8 for number in range(prototypes)))
    return _shelf(space, rng), board


def _shelf(space: FloatArray, rng: np.random.Generator) -> Shelf:
    count = len(space)
    albums = np.arange(count, dtype=np.int32) // TRACKS_PER_ALBUM
    hashes = tuple(f"1:{number:032x}" for number in range(count))
    return Shelf(
        hashes=hashes,
        track_ids=tuple(range(1, count + 1)),
        space=space,
        artist_ids=albums // ALBUMS_PER_ARTIST,
        album_ids=albums,
        length_s=rng.uniform(20, 1000, count).astype(np.float32),
        present=np.ones(count, dtype=bool),
        artists={},
        rows={key: row for row, key in enumerate(hashes)},
    )


def once(action: Callable[..., object], *arguments: object, **named: object) -> tuple[float, float]:
    """Wall and CPU milliseconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    action(*arguments, **named)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def latency(times_ms: Sequence[float] | npt.NDArray[np.float64]) -> Latency:
    """Median and 95th percentile of some times."""
    return Latency(float(np.median(times_ms)), float(np.percentile(times_ms, 95)), len(times_ms))
