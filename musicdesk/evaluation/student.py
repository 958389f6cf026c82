"""How near the student comes to its teacher on artists that it never heard: words, distances, albums, cost.

Every excerpt is recoded to one format first (``excerpts``), and heard as the analysis hears it: six windows, one level,
mean over windows. Tracks are compared with tracks of the same fold alone, in a space of their own, by student, teacher
and handcrafted measures alike.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from musicdesk.audio.loudness import level
from musicdesk.audio.windows import spread
from musicdesk.encoders.base import Encoder, FrontEnd
from musicdesk.encoders.pooling import Pooled, Standardiser, pool
from musicdesk.errors import UnreadableAudio
from musicdesk.evaluation.excerpts import Excerpt
from musicdesk.evaluation.metrics import average_precision, bootstrap
from musicdesk.evaluation.retrieval import GroupRetrieval, cosine, same_group_map
from musicdesk.jobs import Job
from musicdesk.records import FloatArray, Measure

TOP = 5
"""So many of the teacher's words of a track are what the student must find."""
STUDENT, TEACHER, PLAIN = "cnn", "musicnn", "handcrafted"
APART = -2.0
"""Less than any cosine: tracks of two folds."""
LEAST_SPREAD = 1e-3
"""A word whose probability moves less than this over all tracks is not asked for."""
FEWEST_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Listener:
    """Whoever is to be compared."""

    name: str
    encoder: Encoder
    front_end: FrontEnd


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What one listener makes of the tracks of one fold, a row each."""

    vectors: FloatArray  # [n, dim]
    tags: FloatArray  # [n, n_tags]
    cpu_s: float
    """CPU seconds a track for features and network."""


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """The tracks held out together, and what everyone says of them."""

    albums: tuple[str, ...]
    heard: Mapping[str, Heard]
    usual_tags: FloatArray  # [n_tags]; what the teacher says on average of what the student learned from


@dataclass(frozen=True, slots=True)
class StudentReport:
    """All folds together."""

    folds: int
    tracks: int
    albums: Mapping[str, GroupRetrieval]
    """Listener → same-album retrieval."""
    top_words: Measure
    """Average precision of the teacher's top five words in the student's order, a track each."""
    top_words_always_the_same: Measure
    """The same for one who always says what the teacher says most."""
    word_pearson: float
    """Mean over words of the correlation over tracks."""
    word_rank: float
    """The same of ranks."""
    distance_rank: float
    """Rank correlation of the student's cosines with the teacher's."""
    cpu_s: Mapping[str, float]
    """Listener → CPU seconds a track for features and network, decoding left out."""


def hear(excerpts: Sequence[Excerpt], listeners: Sequence[Listener], *, job: Job) -> tuple[dict[str, Heard], list[int]]:
    """What everyone makes of the excerpts, and which of them all could hear."""
    rows: list[dict[str, tuple[Pooled, float]]] = []
    kept = []
    for number, excerpt in enumerate(job.each(excerpts, text="Listening to what was held out")):
        try:
            rows.append({who.name: _heard(excerpt.recoded, who) for who in listeners})
            kept.append(number)
        except UnreadableAudio:
            continue
    return {who.name: _stacked([row[who.name] for row in rows]) for who in listeners}, kept


def report(folds: Sequence[Fold], *, rng: np.random.Generator) -> StudentReport:
    """Compare over all folds; raises BadRequest where no album has two tracks."""
    taught = [_tags(fold, TEACHER) for fold in folds]
    told = [_tags(fold, STUDENT) for fold in folds]
    albums = [album for fold in folds for album in fold.albums]
    usual = [np.tile(fold.usual_tags, (len(fold.albums), 1)) for fold in folds]
    return StudentReport(
        folds=len(folds),
        tracks=len(albums),
        albums={name: _albums(folds, name, rng=rng) for name in (STUDENT, TEACHER, PLAIN)},
        top_words=bootstrap(_found(taught, told), rng=rng, units=albums),
        top_words_always_the_same=bootstrap(_found(taught, usual), rng=rng, units=albums),
        word_pearson=float(np.mean([_word_agreement(a, b, ranks=False) for a, b in zip(taught, told, strict=True)])),
        word_rank=float(np.mean([_word_agreement(a, b, ranks=True) for a, b in zip(taught, told, strict=True)])),
        distance_rank=float(np.mean([_distance_agreement(fold) for fold in folds])),
        cpu_s={n: float(np.mean([f.heard[n].cpu_s for f in folds])) for n in (STUDENT, TEACHER, PLAIN)},
    )


def _heard(path: Path, who: Listener) -> tuple[Pooled, float]:
    spec = who.encoder.spec
    windows = spread(str(path), rate_hz=spec.rate_hz, window_s=spec.window_s, count=spec.windows)
    if windows.silent:
        raise UnreadableAudio(f"There is no sound in {path.name}.")
    levelled = level(windows.samples)
    began = time.process_time()
    encoded = who.encoder.encode(who.front_end(levelled))
    return pool(encoded, windows.starts_s), time.process_time() - began


def _stacked(rows: Sequence[tuple[Pooled, float]]) -> Heard:
    vectors, tags = np.stack([pooled.vector for pooled, _ in rows]), np.stack([pooled.tags for pooled, _ in rows])
    return Heard(vectors, tags, float(np.median([spent for _, spent in rows])))


def _tags(fold: Fold, name: str) -> FloatArray:
    return fold.heard[name].tags


def _space(fold: Fold, name: str) -> FloatArray:
    vectors = fold.heard[name].vectors
    return Standardiser.fit(vectors).apply(vectors)


def _albums(folds: Sequence[Fold], name: str, *, rng: np.random.Generator) -> GroupRetrieval:
    """Over all folds; tracks of other folds stand behind all those of the own."""
    size = sum(len(fold.albums) for fold in folds)
    near = np.full((size, size), APART, dtype=np.float32)
    at, labels = 0, []
    for number, fold in enumerate(folds):
        own = slice(at, at + len(fold.albums))
        near[own, own] = cosine(_space(fold, name))
        at = own.stop
        labels += [f"{number} {album}" for album in fold.albums]
    return same_group_map(near, labels, rng=rng)


def _found(taught: Sequence[FloatArray], told: Sequence[FloatArray]) -> list[float]:
    """Average precision of the teacher's top words in the order of what was told, a track each."""
    rows = zip(np.concatenate(taught), np.concatenate(told), strict=True)
    values = []
    for wanted, said in rows:
        top = np.zeros(len(wanted), dtype=bool)
        top[np.argsort(-wanted)[:TOP]] = True
        values.append(average_precision(top[np.argsort(-said)]))
    return values


def _word_agreement(taught: FloatArray, told: FloatArray, *, ranks: bool) -> float:
    """Mean over words of the correlation over tracks [n, n_tags]; words that say nothing here are left out."""
    used = np.flatnonzero((taught.std(axis=0) > LEAST_SPREAD) & (told.std(axis=0) > 0))
    a, b = taught[:, used], told[:, used]
    if ranks:
        a, b = rankdata(a, axis=0), rankdata(b, axis=0)
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    return float(np.mean((a * b).sum(axis=0) / np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))))


def _distance_agreement(fold: Fold) -> float:
    """Rank correlation of all pairs' cosines; 0 for too few to tell."""
    pairs = np.triu_indices(len(fold.albums), 1)
    if len(pairs[0]) < FEWEST_PAIRS:
        return 0.0
    student, teacher = (rankdata(cosine(_space(fold, name))[pairs]) for name in (STUDENT, TEACHER))
    return float(np.corrcoef(student, teacher)[0, 1])
