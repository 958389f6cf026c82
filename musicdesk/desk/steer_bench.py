"""How long a list takes while a mood is dragged, at the size of a large library, which is made up."""

from dataclasses import dataclass

import numpy as np

from musicdesk.desk.bearings import Bearings
from musicdesk.desk.departures import departure
from musicdesk.desk.live_steering import QUERY, LiveSteering
from musicdesk.desk.snapshot import Snapshot
from musicdesk.desk.space import Space
from musicdesk.encoders.handcrafted import SPEC
from musicdesk.evaluation import bench
from musicdesk.mood import methods
from musicdesk.prototypes.providers import Ground
from musicdesk.prototypes.words import WORDS
from musicdesk.ranking.filters import allowed
from musicdesk.ranking.shelf import Shelf
from musicdesk.records import AXES, MOODS, EncoderKey, Latency, Moods, Seed, Steer, Tags, Track, Vectors

VOCABULARY = tuple(sorted(WORDS))[:50]
DRAGS = 60


@dataclass(frozen=True, slots=True)
class SteerBench:
    """Times of one place of the mood grid to its list, with what stayed and what moved of every pick."""

    drag: Latency
    cpu: Latency
    """Of the same drags, on this process's own clock: what a busy machine adds least to."""
    taken: Latency
    """From a seed to the first list."""
    tracks: int
    dim: int
    top: int
    method: str


def steer(*, tracks: int, top: int = 200, dim: int = 200, rng: np.random.Generator) -> SteerBench:
    """Drag a target over the mood grid of a made-up library. The caller says how many threads numpy may use."""
    bearings = _made(bench.synthetic(tracks=tracks, prototypes=1, dim=dim, rng=rng)[0], rng)
    shelf = bearings.snapshot.shelf
    free = allowed(shelf, QUERY, {}, now=0.0)
    chosen = methods.make(methods.BEST_WITHOUT_TRAINING, bearings.catalogue, rng=rng)

    def taken(row: float) -> LiveSteering:
        at = departure(bearings, Seed("Like this", (shelf.hashes[int(row)],)))
        live = LiveSteering(bearings, at, chosen=lambda _: (chosen, ""), allowed=free, told=lambda: "")
        live.at(Steer(point=(0.3, 0.3), limit=top))
        return live

    first, _ = bench.timed(taken, rng.integers(tracks, size=6).astype(float).tolist(), warm_up=1)
    live = taken(0)
    drag, cpu = bench.timed(lambda at: live.at(Steer(point=(at, 1 - at), limit=top)), rng.random(DRAGS).tolist())
    return SteerBench(drag, cpu, first, tracks, dim, top, chosen.name)


def _made(shelf: Shelf, rng: np.random.Generator) -> Bearings:
    n = len(shelf)
    words = rng.beta(1, 8, (n, len(VOCABULARY))).astype(np.float32)
    vectors = Vectors(
        EncoderKey("made up", "1", "none"), shelf.hashes, shelf.space, words, VOCABULARY, np.zeros(n, np.float32)
    )
    shares = rng.dirichlet([0.6] * len(MOODS), n).astype(np.float32)
    axes = rng.random((n, len(AXES)), dtype=np.float32)
    moods = Moods(shelf.hashes, shares, shares.argmax(axis=1), shares.max(axis=1), axes, np.ones_like(axes))
    heard = rng.standard_normal((n, SPEC.dim), dtype=np.float32)
    measures = Vectors(SPEC.key, shelf.hashes, heard, words[:, :0], (), vectors.typical_s)
    tracks = {
        sound: Track(row + 1, f"/{row}", sound, tags=Tags(title=str(row))) for row, sound in enumerate(shelf.hashes)
    }
    snapshot = Snapshot(vectors, Space.of(vectors), shelf, tracks)
    return Bearings(snapshot, moods, measures, Ground(vectors, shelf.space))
