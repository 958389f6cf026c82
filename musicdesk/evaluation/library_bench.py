"""How long everything takes that a person does with a large library; synthetic, so that anyone can rerun it.

The library is made through the stores and asked through a desk, as the window and the command line ask it. Each row has
wall and CPU times of this process; on a busy machine the CPU times are to be trusted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

import numpy as np

from musicdesk.audio.serving import peak_mb
from musicdesk.encoders.base import EncoderSpec
from musicdesk.evaluation.bench import Timed, once
from musicdesk.evaluation.made_library import COMMON, NONE, RARE, Made, made_analyses, made_centres, make_library
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.records import (
    Coverage,
    Explanation,
    FoundFile,
    IntArray,
    Query,
    Ranking,
    ScannedFile,
    Taste,
    Track,
)
from musicdesk.store.database import Database
from musicdesk.store.vectors import VectorStore
from musicdesk.tracks import ORDERS, Tracks

P = ParamSpec("P")
T = TypeVar("T")
QUERY = Query(limit=200)
BATCH, SCREEN = 16, 40
MOVES, TIMES, FEW = 100, 20, 5


class Indexing(Protocol):
    """What is asked about the files."""

    def tracks(self, query: str = "") -> Sequence[Track]:
        """The library."""

    def coverage(self, encoder: str | None = None) -> Coverage:
        """How much is analysed."""

    def exclude(self, tracks: Sequence[Track], excluded: bool = True) -> None:
        """Keep tracks out, or take them back in."""


class Slider(Protocol):
    """A slider in the hand."""

    def move(self, gain: float) -> Ranking:
        """The list with this gain."""


class Recommending(Protocol):
    """What is asked about taste and lists."""

    def taste(self) -> Taste:
        """The taste."""

    def rank(self, query: Query = ...) -> Ranking:
        """The list."""

    def live(self, reference: str, query: Query = ...) -> Slider:
        """Take hold of a slider."""

    def explain(self, track: Track, query: Query = ...) -> Explanation:
        """Why a track stands where it stands."""

    def by_hash(self, hashes: Iterable[str]) -> Mapping[str, Track]:
        """The tracks of these sounds."""


class Modelling(Protocol):
    """What is asked about encoders."""

    def spec(self, encoder: str | None = None) -> EncoderSpec:
        """The one in use."""


class LibraryDesk(Protocol):
    """A desk, as far as it is measured here."""

    @property
    def events(self) -> Events:
        """What has changed."""

    @property
    def indexing(self) -> Indexing:
        """The files."""

    @property
    def recommending(self) -> Recommending:
        """Taste and lists."""

    @property
    def modelling(self) -> Modelling:
        """Encoders."""

    def close(self) -> None:
        """Let the database go."""


@dataclass(frozen=True, slots=True)
class LibraryBench:
    """Every row, and how large it all is."""

    rows: tuple[Timed, ...]
    made: Made
    dim: int
    peak_mb: float
    """The most memory that this process has held (resident); 0: nobody can say."""


class _Watch:
    """Keeps the times of everything, by name, in the order of the first time."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._taken: dict[str, list[tuple[float, float]]] = {}

    def time(self, name: str, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do it and keep how long it took."""
        self._job.check()
        given: list[T] = []
        taken = once(lambda: given.append(action(*args, **kwargs)))
        self._taken.setdefault(name, []).append(taken)
        return given[0]

    def rows(self) -> tuple[Timed, ...]:
        """What was timed."""
        return tuple(Timed.of(name, taken) for name, taken in self._taken.items())


def library(
    *, tracks: int = 200_000, folder: Path, rng: np.random.Generator, job: Job, open_desk: Callable[[Path], LibraryDesk]
) -> LibraryBench:
    """Make a library in the empty ``folder`` and time what is done with it.

    ``open_desk`` opens a desk over a data folder. How many threads numpy may use is the caller's business.
    """
    desk = open_desk(folder)
    spec = desk.modelling.spec()
    desk.close()
    watch = _Watch(job)
    made = watch.time("build", make_library, folder, tracks=tracks, spec=spec, rng=rng, job=job)
    job.begin("Asking the library")
    desk = watch.time("open", open_desk, folder)
    try:
        _list(watch, desk, rng)
        _look(watch, desk)
        _analyse(watch, desk, folder, rng)
    finally:
        desk.close()
    return LibraryBench(watch.rows(), made, spec.dim, peak_mb())


def _list(watch: _Watch, desk: LibraryDesk, rng: np.random.Generator) -> None:
    """The first list, a slider, and why tracks stand where they stand."""
    ask = desk.recommending
    ranking = watch.time("first list", ask.rank, QUERY)
    for _ in range(TIMES):
        watch.time("list again", ask.rank, QUERY)
        watch.time("tracks of the list", ask.by_hash, ranking.hashes)
    held = ask.taste().prototypes[0].id
    slider = watch.time("slider taken", ask.live, held, QUERY)
    for gain in rng.uniform(-1, 2, MOVES).tolist():
        watch.time("slider move to list", slider.move, gain)
    for track in list(ask.by_hash(ranking.hashes[:TIMES]).values()):
        watch.time("explanation", ask.explain, track, QUERY)


def _look(watch: _Watch, desk: LibraryDesk) -> None:
    """The page of all tracks: what it asks for, search, order; and the coverage."""
    tracks = watch.time("all tracks", desk.indexing.tracks)
    assert isinstance(tracks, Tracks)
    watch.time("who is who", lambda: (tracks.by_hash, tracks.row_of_id))
    for _ in range(TIMES):
        watch.time("all tracks, unchanged", desk.indexing.tracks)
        for name, word in (("common", COMMON), ("rare", RARE), ("no such", NONE)):
            watch.time(f"search, {name} word", tracks.matching, word)
        for column in sorted(ORDERS):
            again = " again" if tracks.is_ranked(column) else ""
            watch.time(f"sort by {column}{again}", _ordered, tracks, column)
    for start in range(0, min(len(tracks), SCREEN * TIMES), SCREEN):
        watch.time("a screen of rows", tracks.__getitem__, slice(start, start + SCREEN))
    for _ in range(FEW):
        watch.time("coverage", desk.indexing.coverage)


def _analyse(watch: _Watch, desk: LibraryDesk, folder: Path, rng: np.random.Generator) -> None:
    """An analysis beside the window: what is pending, batches, the list after each; then a track that is left out."""
    spec = desk.modelling.spec()
    centres = made_centres(spec, rng)
    with Database.open(folder) as database:
        store = VectorStore(database)
        pending = watch.time("pending", store.pending, spec.key, now=1.0)
        for start in range(0, min(len(pending), BATCH * FEW), BATCH):
            files = [ScannedFile(FoundFile(p.path, 0, 0), p.audio_hash) for p in pending[start : start + BATCH]]
            made = made_analyses(files, spec, centres, rng)
            watch.time(f"commit of {BATCH}", store.add, made, key=spec.key, vocabulary=spec.vocabulary, now=1.0)
            desk.events.analysis_changed.emit(None)
            watch.time("list after a commit", desk.recommending.rank, QUERY)
    for track in desk.indexing.tracks()[:FEW]:
        desk.indexing.exclude([track])
        watch.time("all tracks after one was left out", desk.indexing.tracks)
        watch.time("list after one was left out", desk.recommending.rank, QUERY)


def _ordered(tracks: Tracks, column: str) -> IntArray:
    return np.argsort(tracks.places(column), kind="stable")


def add_batch(folder: Path, *, spec: EncoderSpec, rng: np.random.Generator) -> int:
    """Commit a batch of what is pending in a made-up library, as an analysis does; says how many sounds."""
    with Database.open(folder) as database:
        store = VectorStore(database)
        pending = store.pending(spec.key, now=1.0)[:BATCH]
        files = [ScannedFile(FoundFile(p.path, 0, 0), p.audio_hash) for p in pending]
        analyses = made_analyses(files, spec, made_centres(spec, rng), rng)
        store.add(analyses, key=spec.key, vocabulary=spec.vocabulary, now=1.0)
    return len(pending)
