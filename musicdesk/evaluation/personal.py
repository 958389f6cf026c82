"""One person, a handful of likes: do the lists of an analysed library find more of what that person likes?

Simulated listeners like one or several of the library's genres. Each likes a few tracks; everything else by the same
artists is put aside, so that a hit is another artist's work in a liked genre, never the same album again. What is in
no genre is neither liked nor offered. All methods know the same: the likes, and how the whole library sounds.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation.metrics import bootstrap
from musicdesk.evaluation.personal_library import GenreLibrary
from musicdesk.jobs import Job
from musicdesk.prototypes.columns import prototype_columns
from musicdesk.prototypes.profile import taste_from
from musicdesk.recommend import registry
from musicdesk.recommend.log import History, Log
from musicdesk.records import FloatArray, IntArray, Measure

TASTE, BEST, CHANCE = "the taste", "best possible", "chance"
SHUFFLED = " (shuffled)"
"""Behind the name of a method that is given the vectors of other sounds."""
DEALT = (TASTE, "content-mean")
"""The methods that are also tried with shuffled vectors."""
TASTE_SEED, OTHERS = 7919, 2
"""As the desk makes a taste."""
PATIENCE_S = 60.0
"""CPU seconds after which a method is given no more listeners."""
TRIES = 100


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """One simulated listener."""

    genres: tuple[str, ...]
    likes: IntArray  # [likes] rows of the library
    offered: IntArray  # [n] rows that may be suggested: of known genre, by artists of whom nothing is liked
    relevant: IntArray  # [n] 1 + the number of the liked genre, in the order of ``offered``; 0: not liked


class _Found(NamedTuple):
    precision: float
    covered: float


@dataclass(frozen=True, slots=True)
class PersonalRow:
    """One method, or one control, with listeners who like so many genres."""

    method: str
    genres: int
    precision: Measure | None = None
    """Share of the first ``k`` that are of a liked genre."""
    covered: Measure | None = None
    """Share of the liked genres that the first ``k`` hold anything of."""
    beside_taste: Measure | None = None
    """Precision less that of the taste for the same listeners; an interval without 0 is a difference."""
    note: str = ""
    """A sentence where a method refused, or was tried with fewer listeners."""


@dataclass(frozen=True, slots=True)
class GenreSize:
    """One genre of the library."""

    name: str
    tracks: int
    artists: int


@dataclass(frozen=True, slots=True)
class PersonalReport:
    """All methods and controls."""

    encoder: str
    sounds: int
    genres: tuple[GenreSize, ...]
    source: str
    """A sentence: where the genres come from."""
    likes: int
    k: int
    rows: tuple[PersonalRow, ...]
    notes: tuple[str, ...] = ()


Scorer = Callable[[IntArray], FloatArray]
"""Rows that a listener likes [m] -> scores of all sounds [n]."""


def measure(
    library: GenreLibrary,
    *,
    likes: int = 5,
    k: int = 10,
    listeners: int = 60,
    genres: Sequence[int] = (1, 2),
    methods: Sequence[str] = (),
    seed: int = 0,
    job: Job,
) -> PersonalReport:
    """Measure ``methods`` (none: all), the taste and the controls with ``listeners`` for each number of liked genres.

    Intervals are over listeners: they tell how far these figures hold for other likes in this library, not in others.

    Raises:
        NothingYet: the genres are too small for so many likes.
        BadRequest: numbers that cannot be.
        NotFound: nobody knows a method.
    """
    if min(likes, k, listeners, *genres) < 1 or likes < max(genres):
        raise BadRequest("Likes, listeners, genres and places are 1 or more, and there is a like for every genre.")
    chosen = tuple(dict.fromkeys(methods)) or registry.names()
    for name in chosen:
        registry.spec(name)
    rows: list[PersonalRow] = []
    missing: list[str] = []
    for count in genres:
        try:
            people = simulate(library, likes=likes, genres=count, listeners=listeners, rng=np.random.default_rng(seed))
        except NothingYet as lack:
            missing.append(str(lack))
        else:
            rows += _compared(library, people, chosen, k=k, seed=seed, job=job)
    if not rows:
        raise NothingYet(missing[0])
    sizes = (GenreSize(name, len(library.rows(name)), len(library.makers(name))) for name in library.names)
    return PersonalReport(
        encoder=library.vectors.key.name,
        sounds=len(library.vectors),
        genres=tuple(sizes),
        source=library.source,
        likes=likes,
        k=k,
        rows=tuple(rows),
        notes=(*missing, *library.notes),
    )


def simulate(
    library: GenreLibrary, *, likes: int, genres: int, listeners: int, rng: np.random.Generator
) -> tuple[Simulated, ...]:
    """Listeners who like ``genres`` genres each, every genre about as often as the others.

    Of each genre at most half the artists are liked, so that there are others to be found. Raises NothingYet where
    fewer than ``genres`` + 1 genres are large enough: who likes everything cannot be disappointed.
    """
    able = [name for name in library.names if _is_enough(library, name, likes)]
    if len(able) <= genres:
        raise NothingYet(
            f"Listeners with {likes} likes in {genres} {'genre' if genres == 1 else 'genres'} need {genres + 1} genres "
            f"with so many tracks by half of their artists; there {'is' if len(able) == 1 else 'are'} {len(able)}. "
            "Ask for fewer likes or genres, or bring a table of labels."
        )
    turns = [rng.permutation(len(able)) for _ in range(1 + listeners * genres // len(able))]
    people = []
    for number in range(listeners):
        first = np.concatenate(turns)[number]
        rest = rng.permutation([other for other in range(len(able)) if other != first])[: genres - 1]
        people.append(_listener(library, [able[int(n)] for n in (first, *rest)], likes, rng))
    return tuple(people)


def _is_enough(library: GenreLibrary, genre: str, likes: int) -> bool:
    """Whether half of a genre's artists can have made what somebody likes."""
    makers = library.makers(genre)
    half = makers[: len(makers) // 2]
    return sum(library.artists[row] in half for row in library.rows(genre).tolist()) >= likes


def _listener(library: GenreLibrary, genres: Sequence[str], likes: int, rng: np.random.Generator) -> Simulated:
    shares = np.bincount(np.arange(likes) % len(genres), minlength=len(genres))
    liked = np.concatenate([_likes(library, genre, int(n), rng) for genre, n in zip(genres, shares, strict=True)])
    known = {library.artists[row] for row in liked.tolist()}
    offered = [row for row, name in enumerate(library.genres) if name and library.artists[row] not in known]
    numbers = {genre: number for number, genre in enumerate(genres, start=1)}
    relevant = [numbers.get(library.genres[row], 0) for row in offered]
    return Simulated(tuple(genres), liked, np.array(offered, np.int64), np.array(relevant, np.int64))


def _likes(library: GenreLibrary, genre: str, count: int, rng: np.random.Generator) -> IntArray:
    """So many tracks of a genre, by half of its artists.  # [count]"""
    rows, makers = library.rows(genre), library.makers(genre)
    half = set(makers[: len(makers) // 2])
    for _ in range(TRIES):
        drawn = set(rng.permutation(makers)[: len(makers) // 2].tolist())
        if sum(library.artists[row] in drawn for row in rows.tolist()) >= count:
            half = drawn
            break
    pool = [row for row in rows.tolist() if library.artists[row] in half]
    return np.asarray(rng.choice(pool, size=count, replace=False), np.int64)


# ------------------------------------------------------------------------------------------------ methods


def _compared(
    library: GenreLibrary, people: Sequence[Simulated], methods: Sequence[str], *, k: int, seed: int, job: Job
) -> list[PersonalRow]:
    """A row for every method and control, with the same listeners."""
    count = len(people[0].genres)
    taste = [_found(one, taste_scores(library.space, library)(one.likes), k) for one in people]
    rows = [_row(TASTE, count, taste, (), seed)]
    for name in job.each(methods, text=f"Recommending to listeners of {count} {'genre' if count == 1 else 'genres'}"):
        found, note = _tried(_method_scores(name, library.vectors.matrix, seed), people, k, job)
        rows.append(_row(name, count, found, taste, seed, note=note))
    for name in DEALT:
        rng = np.random.default_rng([seed, 1])
        found = [_found(one, _shuffled_scores(name, library, one, rng, seed), k) for one in people]
        rows.append(_row(name + SHUFFLED, count, found, taste, seed))
    rows.append(_row(BEST, count, [_best(one, k) for one in people], taste, seed))
    rows.append(_row(CHANCE, count, [_by_chance(one, k) for one in people], taste, seed))
    return rows


def _tried(scorer: Scorer, people: Sequence[Simulated], k: int, job: Job) -> tuple[list[_Found], str]:
    """What a method finds for each, as long as it does not take too long; a sentence if it refuses."""
    found: list[_Found] = []
    began = time.process_time()
    for one in people:
        job.check()
        try:
            found.append(_found(one, scorer(one.likes), k))
        except NothingYet as refusal:
            return found, str(refusal)
        if time.process_time() - began > PATIENCE_S and len(found) < len(people):
            return found, f"Slow: tried with {len(found)} of {len(people)} listeners."
    return found, ""


def taste_scores(space: FloatArray, library: GenreLibrary) -> Scorer:
    """The score of the desk's taste, made of nothing but the likes, in ``space`` [n, dim]."""
    around = library.crowd if space is library.space else None
    hashes = library.vectors.hashes

    def scores(likes: IntArray) -> FloatArray:
        taste = taste_from(
            library.vectors, space, [hashes[row] for row in likes.tolist()], (),
            rng=np.random.default_rng(TASTE_SEED), describe=lambda _, taken: f"part {len(taken)}", others=OTHERS,
        )  # fmt: skip
        columns, _ = prototype_columns(space, np.stack([p.vector for p in taste.prototypes]), around=around)
        return np.asarray(taste.gains @ columns)

    return scores


def _method_scores(name: str, vectors: FloatArray, seed: int) -> Scorer:
    """A recommender that learns of each listener anew, from nobody else."""

    def scores(likes: IntArray) -> FloatArray:
        method = registry.make(name, seed=seed)
        log = Log.of(np.zeros(len(likes), np.int64), likes, n_users=1, n_items=len(vectors))
        method.fit(log, vectors, job=Job())
        return np.asarray(method.scores(method.profile(History.of(likes))[None])[0])

    return scores


def _shuffled_scores(
    name: str, library: GenreLibrary, one: Simulated, rng: np.random.Generator, seed: int
) -> FloatArray:
    dealt = rng.permutation(len(library.vectors))
    if name == TASTE:
        return taste_scores(library.space[dealt], library)(one.likes)
    return _method_scores(name, library.vectors.matrix[dealt], seed)(one.likes)


# ------------------------------------------------------------------------------------------------ measures


def _found(one: Simulated, scores: FloatArray, k: int) -> _Found:
    """What the first ``k`` of what is offered hold."""
    top = one.relevant[np.argsort(-scores[one.offered], kind="stable")[:k]]
    return _Found(float((top > 0).mean()), len(set(top[top > 0].tolist())) / len(one.genres))


def _best(one: Simulated, k: int) -> _Found:
    """What the best list holds: a track of each genre first, then others of them."""
    places, sizes = min(k, len(one.offered)), _sizes(one)
    return _Found(min(places, int(sizes.sum())) / places, min(places, int((sizes > 0).sum())) / len(one.genres))


def _by_chance(one: Simulated, k: int) -> _Found:
    """What a list in any order holds on average: each genre is missed with the odds of drawing without replacement."""
    n, sizes = len(one.offered), _sizes(one)
    drawn = np.arange(min(k, n))
    missed = [np.prod(np.maximum(0, n - size - drawn) / (n - drawn)) for size in sizes]
    return _Found(float(sizes.sum() / n), float(1 - np.mean(missed)))


def _sizes(one: Simulated) -> IntArray:
    """How many tracks of each liked genre are offered.  # [genres]"""
    return np.bincount(one.relevant, minlength=1 + len(one.genres))[1:]


def _row(
    method: str, genres: int, found: Sequence[_Found], taste: Sequence[_Found], seed: int, *, note: str = ""
) -> PersonalRow:
    if not found:
        return PersonalRow(method, genres, note=note)
    rng = np.random.default_rng([seed, 2])
    precision, covered = (bootstrap(values, rng=rng) for values in zip(*found, strict=True))
    apart = [one.precision - other.precision for one, other in zip(found, taste, strict=False)]
    return PersonalRow(method, genres, precision, covered, bootstrap(apart, rng=rng) if apart else None, note)
