"""How long a list takes while a mood is dragged, and moods themselves, at the size of a large library, made up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from musicdesk.desk.bearings import Bearings
from musicdesk.desk.departures import departure
from musicdesk.desk.live_steering import QUERY, Chosen, LiveSteering
from musicdesk.desk.mood_finding import with_unheard
from musicdesk.desk.snapshot import Snapshot
from musicdesk.desk.space import Space
from musicdesk.desk.taste_steering import TasteSteering
from musicdesk.encoders import musicnn
from musicdesk.encoders.handcrafted import SPEC
from musicdesk.evaluation import bench
from musicdesk.evaluation.bench import Timed
from musicdesk.evaluation.made_library import made_taste
from musicdesk.mood import labelling, methods
from musicdesk.prototypes.providers import Ground
from musicdesk.prototypes.words import WORDS
from musicdesk.ranking.filters import Allowed, allowed
from musicdesk.ranking.listing import rank
from musicdesk.ranking.shelf import Shelf
from musicdesk.records import (
    AXES,
    MOODS,
    EncoderKey,
    FloatArray,
    Mood,
    MoodCorrection,
    Moods,
    Query,
    Ranking,
    Seed,
    Steer,
    Tags,
    Taste,
    Track,
    Vectors,
)

VOCABULARY = tuple(sorted(WORDS))[:50]
PROTOTYPES = 12
DRAGS, TASTE_DRAGS, TIMES = 60, 20, 3
FRESH = 0.01
"""Of the library comes while its moods are known."""


@dataclass(frozen=True, slots=True)
class SteerBench:
    """Times of one place of the mood grid to its list, with what stayed and what moved of every pick, and of moods."""

    rows: tuple[Timed, ...]
    tracks: int
    dim: int
    top: int
    method: str
    prototypes: int
    """Of the taste that is dragged as a whole."""


def steer(*, tracks: int, top: int = 200, dim: int = 200, rng: np.random.Generator) -> SteerBench:
    """Drag a target over the mood grid of a made-up library, from a track and from a whole taste, and find moods.

    The caller says how many threads numpy may use.
    """
    bearings = _made(bench.synthetic(tracks=tracks, prototypes=1, dim=dim, rng=rng)[0], rng)
    chosen = methods.make(methods.BEST_WITHOUT_TRAINING, bearings.catalogue, rng=rng)
    rows = [*_drags(bearings, lambda _: (chosen, ""), top, rng)]
    del bearings
    return SteerBench((*rows, *_moods(tracks, rng)), tracks, dim, top, chosen.name, PROTOTYPES)


# ----------------------------------------------------------------------------------------------------------- a drag


def _drags(bearings: Bearings, chosen: Chosen, top: int, rng: np.random.Generator) -> Iterator[Timed]:
    shelf = bearings.snapshot.shelf
    free = allowed(shelf, QUERY, {}, now=0.0)

    def place(at: float) -> Steer:
        return Steer(point=(at, 1 - at), limit=top)

    def taken(row: float) -> LiveSteering:
        at = departure(bearings, Seed("Like this", (shelf.hashes[int(row)],)))
        live = LiveSteering(bearings, at, chosen=chosen, allowed=free, told=lambda: "")
        live.at(place(0.3))
        return live

    def whole(_: float = 0) -> TasteSteering:
        taste = made_taste(replace(SPEC, dim=shelf.space.shape[1]), PROTOTYPES, shelf.hashes, np.random.default_rng(1))
        ranked = _ranked(bearings.snapshot, free)
        live = TasteSteering(
            bearings, Seed("Like your taste", taste=True), taste, chosen=chosen, rank=ranked, told=lambda: ""
        )
        live.at(place(0.3))
        return live

    rows = rng.integers(len(shelf), size=6).astype(float).tolist()
    live, taste = taken(0), whole()
    yield _timed("drag", lambda at: live.at(place(at)), rng.random(DRAGS).tolist())
    yield _timed("taken", taken, rows, warm_up=1)
    yield _timed("taste_drag", lambda at: taste.at(place(at)), rng.random(TASTE_DRAGS).tolist(), warm_up=1)
    yield _timed("taste_taken", whole, rows[:TIMES], warm_up=0)


def _ranked(snapshot: Snapshot, free: Allowed) -> Callable[[Query, Taste], Ranking]:
    """As the desk ranks a taste."""

    def ranked(query: Query, taste: Taste) -> Ranking:
        board, gains = snapshot.board(taste.prototypes), taste.gains
        return rank(
            snapshot.shelf, board, board.scores(gains), gains=gains, query=query, variety=taste.variety, allowed=free
        )

    return ranked


# ------------------------------------------------------------------------------------------------------------ moods


def _moods(tracks: int, rng: np.random.Generator) -> Iterator[Timed]:
    """Moods by the vectors and words of MusiCNN, which most libraries have, and by measures."""
    vectors, measures = _heard(tracks + round(FRESH * tracks), rng)
    before = _first(vectors, tracks)
    hearing = labelling.hear(before.hashes, vectors=before, measures=measures)
    moods = labelling.label(hearing)
    said = {sound: MoodCorrection(sound, Mood.CALM) for sound in before.hashes[:1]}

    def found(some: Vectors) -> Moods:
        return labelling.moods(some.hashes, vectors=some, measures=measures)

    again = [0.0] * TIMES
    yield _timed("moods", lambda _: found(before), again, warm_up=0)
    yield _timed("moods_grown", lambda _: found(vectors), again, warm_up=0)
    yield _timed("moods_meanwhile", lambda _: with_unheard(moods, vectors.hashes), again, warm_up=0)
    yield _timed("moods_corrected", lambda _: labelling.label(hearing, corrections=said), again, warm_up=0)


def _heard(tracks: int, rng: np.random.Generator) -> tuple[Vectors, Vectors]:
    spec, hashes = musicnn.SPEC, tuple(f"1:{number:032x}" for number in range(tracks))
    words = rng.beta(1, 8, (tracks, len(spec.vocabulary))).astype(np.float32)
    own = Vectors(spec.key, hashes, _normal(tracks, spec.dim, rng), words, spec.vocabulary, words[:, 0])
    return own, Vectors(SPEC.key, hashes, _normal(tracks, SPEC.dim, rng), words[:, :0], (), words[:, 0])


def _first(vectors: Vectors, tracks: int) -> Vectors:
    some = slice(0, tracks)
    return replace(
        vectors, hashes=vectors.hashes[some], matrix=vectors.matrix[some], tags=vectors.tags[some],
        typical_s=vectors.typical_s[some],
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- made up


def _made(shelf: Shelf, rng: np.random.Generator) -> Bearings:
    n = len(shelf)
    words = rng.beta(1, 8, (n, len(VOCABULARY))).astype(np.float32)
    vectors = Vectors(
        EncoderKey("made up", "1", "none"), shelf.hashes, shelf.space, words, VOCABULARY, np.zeros(n, np.float32)
    )
    shares = rng.dirichlet([0.6] * len(MOODS), n).astype(np.float32)
    axes = rng.random((n, len(AXES)), dtype=np.float32)
    moods = Moods(shelf.hashes, shares, shares.argmax(axis=1), shares.max(axis=1), axes, np.ones_like(axes))
    measures = Vectors(SPEC.key, shelf.hashes, _normal(n, SPEC.dim, rng), words[:, :0], (), vectors.typical_s)
    tracks = {
        sound: Track(row + 1, f"/{row}", sound, tags=Tags(title=str(row))) for row, sound in enumerate(shelf.hashes)
    }
    snapshot = Snapshot(vectors, Space.of(vectors), shelf, tracks)
    return Bearings(snapshot, moods, measures, Ground(vectors, shelf.space))


def _normal(rows: int, columns: int, rng: np.random.Generator) -> FloatArray:
    return rng.standard_normal((rows, columns), dtype=np.float32)


def _timed(name: str, action: Callable[[float], object], arguments: list[float], *, warm_up: int = 5) -> Timed:
    return Timed(name, *bench.timed(action, arguments, warm_up=warm_up))
