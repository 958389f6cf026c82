"""Whether meaning is kept: what can be read off the sounds by a linear probe, before a stage and after it.

A probe is a ridge regression in numpy (on one column a class where the answer is a class), judged at artists that it
never saw. Its strength is chosen by generalised cross-validation (Golub, Heath & Wahba, 1979), so that no sound is
asked twice. A stage that costs more than two points is undone, and so is one after which texts no longer find their
sounds.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from musicdesk.records import FloatArray, IntArray
from musicdesk.records.meaning import Probe
from musicdesk.semantic.pairs import alone
from musicdesk.semantic.plain_words import kind_of, said
from musicdesk.semantic.texts import Facts

ALLOWED = 0.02
"""So much a linear probe may fall: two points."""
TEXTS_ALLOWED = 0.05
"""So much the place of sounds for their texts may fall: it is asked of few tracks, and only a landslide is meant."""
FOLDS = 5
RIDGES = np.geomspace(0.1, 1e4, 11)
FEWEST = 8
"""A class needs so many tracks, a word as many that bear it and as many that do not."""
ARTISTS = 3
"""A class or word needs so many artists."""
CLASSES = 20
WORDS = 12
MOST = 20_000
"""So many tracks are asked at most."""
GENRE, MOOD, HEARD = "genre", "mood correlation", "sound words correlation"
TEXTS = "texts finding their sounds"
"""Asked of tracks that were held out: without it a stage could bend sounds away from what is said of them."""

Wide = npt.NDArray[np.float64]
Question = FloatArray | IntArray
"""Classes [n] of whole numbers (below 0: unknown), or values [n, k] (nan: unknown)."""


def questions_of(facts: Sequence[Facts], artists: IntArray, *, moods: FloatArray | None = None) -> dict[str, Question]:
    """What can be asked of a library: the genres of its files, moods if they are known [n, k], or words of the sound.

    The words of the sound are asked where neither genres nor moods are known well enough: they are less than the others
    (another network heard them), but a space that lost them lost what queries are made of.
    """
    found: dict[str, Question] = {}
    genres = _classes([said(fact.genres[0]) if fact.genres else "" for fact in facts], artists)
    if genres is not None:
        found[GENRE] = genres
    if moods is not None and np.isfinite(moods).all(axis=1).sum() >= 2 * FEWEST:
        found[MOOD] = moods
    if not found and (words := _words([fact.heard for fact in facts], artists)) is not None:
        found[HEARD] = words
    return found


def probes(
    before: FloatArray, after: FloatArray, questions: Mapping[str, Question], artists: IntArray, *, seed: int = 0
) -> tuple[Probe, ...]:
    """How well each question is answered by the vectors [n, d] before and after, artists kept apart.

    Accuracy where the answer is a class, else the mean correlation over the columns.
    """
    rng = np.random.default_rng([seed, 31])
    rows = np.sort(rng.permutation(len(before))[:MOST])
    folds = _folds(alone(artists)[rows], rng)
    found = []
    for name, question in questions.items():
        asked = question[rows]
        known = (asked >= 0) if asked.ndim == 1 else np.isfinite(asked).all(axis=1)
        own = (asked[known], folds[known])
        chance = float(np.bincount(own[0].astype(np.int64)).max() / len(own[0])) if asked.ndim == 1 else 0.0
        first, second = (_answered(vectors[rows][known], *own) for vectors in (before, after))
        found.append(Probe(name, first, second, chance))
    return tuple(found)


def fell(probes: Sequence[Probe]) -> bool:
    """Whether any of them fell by more than it may."""
    return any(_beyond(probe) > 0 for probe in probes)


def cost(probes: Sequence[Probe]) -> str:
    """What was lost most of, as a part of a sentence."""
    worst = max(probes, key=_beyond)
    return f"({worst.name} {worst.before:.2f} before, {worst.after:.2f} after)"


def in_part(lost: str, reach: float) -> str:
    """The sentence for a stage that went a shorter way, because more would have ``cost`` too much."""
    return f"Your choices were learned to {100 * reach:.0f} %: more would cost too much of the meaning {lost}."


def undone(lost: str) -> str:
    """The sentence for a stage that was undone."""
    return (
        f"Your choices were learned and undone again: they cost too much of the meaning {lost}. More choices, of more "
        "different tracks, may bring it."
    )


def _beyond(probe: Probe) -> float:
    """How much more a probe fell than it may; below 0 it holds."""
    return probe.before - probe.after - (TEXTS_ALLOWED if probe.name == TEXTS else ALLOWED)


def _answered(vectors: FloatArray, answers: Question, folds: IntArray) -> float:
    """Accuracy, or mean correlation, of answers that a ridge gives to the artists of each fold from the others."""
    classes = answers.ndim == 1
    goals = np.eye(int(answers.max()) + 1)[answers.astype(np.int64)] if classes else answers.astype(np.float64)
    told = np.zeros_like(goals)
    for fold in np.unique(folds):
        away = folds != fold
        if away.any():
            told[~away] = ridge(vectors[away], goals[away], vectors[~away])
    if classes:
        return float((told.argmax(axis=1) == answers).mean())
    return float(np.mean([_correlation(told[:, k], goals[:, k]) for k in range(goals.shape[1])]))


def ridge(vectors: FloatArray, goals: Wide, asked: FloatArray) -> Wide:
    """What a ridge says of the rows ``asked``, its strength chosen by generalised cross-validation.

    # [n, d], [n, k], [m, d] -> [m, k]
    """
    mean, deviation = vectors.mean(axis=0), np.maximum(vectors.std(axis=0), 1e-6)
    rows, centre = ((vectors - mean) / deviation).astype(np.float64), goals.mean(axis=0)
    u, s, vt = np.linalg.svd(rows, full_matrices=False)
    seen = u.T @ (goals - centre)
    n, rest = len(rows), float(((goals - centre) ** 2).sum() - (seen**2).sum())
    worst = np.inf
    weights = np.zeros((vectors.shape[1], goals.shape[1]))
    for strength in RIDGES:
        kept = s**2 / (s**2 + strength)
        missed = (rest + float((((1 - kept)[:, None] * seen) ** 2).sum())) / max(n - 1 - kept.sum(), 1e-6) ** 2
        if missed < worst:
            worst, weights = missed, vt.T @ ((kept / np.maximum(s, 1e-9))[:, None] * seen)
    return np.asarray(((asked - mean) / deviation) @ weights + centre, np.float64)


def _folds(groups: IntArray, rng: np.random.Generator) -> IntArray:
    """A fold for each row, artists together.  # [n]"""
    names, place = np.unique(groups, return_inverse=True)
    return np.asarray(rng.permutation(len(names))[place] % min(FOLDS, max(len(names), 1)), np.int64)


def _classes(names: Sequence[str], artists: IntArray) -> IntArray | None:
    """Numbers of the classes that enough tracks of enough artists have, -1 for others; None with fewer than two."""
    counts = Counter(name for name in names if name)
    by = {name: {int(artists[row]) for row, own in enumerate(names) if own == name} for name in counts}
    kept = [name for name, count in counts.most_common(CLASSES) if count >= FEWEST and len(by[name]) >= ARTISTS]
    return np.array([kept.index(name) if name in kept else -1 for name in names], np.int64) if len(kept) > 1 else None


def _words(heard: Sequence[tuple[str, ...]], artists: IntArray) -> FloatArray | None:
    """Whether each of the commonest words is said of each track, moods first; None with fewer than two.  # [n, k]"""
    counts = Counter(word for words in heard for word in words)
    enough = [
        word
        for word, count in counts.items()
        if FEWEST <= count <= len(heard) - FEWEST
        and len({int(artists[row]) for row, words in enumerate(heard) if word in words}) >= ARTISTS
    ]
    kept = sorted(enough, key=lambda word: (kind_of(word) != "mood", -counts[word], word))[:WORDS]
    if len(kept) < 2:
        return None
    table = np.array([[word in words for word in kept] for words in heard], np.float32)
    table[[not words for words in heard]] = np.nan
    return table


def _correlation(one: Wide, other: Wide) -> float:
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / length if length > 0 else 0.0
