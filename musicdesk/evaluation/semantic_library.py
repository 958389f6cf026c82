"""The library of a desk: texts that find sounds of artists never heard, and fifty queries with judged answers.

The queries are asked as a person would ask them: of the whole library, in the space that was learned of it, with what
its files say. Their answers are judged by strong labels, which nothing learned from; tracks without one are left out of
the lists (condensed lists; Sakai, "Alternatives to Bpref", SIGIR 2007).
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from musicdesk.encoders.convnet.labels import artist_of
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import semantic_tables
from musicdesk.evaluation.mood_data import numbered
from musicdesk.evaluation.resampling import Values
from musicdesk.evaluation.semantic_data import FULL, Remembered, WordedSounds
from musicdesk.evaluation.semantic_finding import (
    BOTH,
    MATCHING,
    SPACE_1,
    WORDS,
    Searching,
    in_space,
    places_of_sounds,
    places_of_texts,
    tag_matching,
)
from musicdesk.evaluation.semantic_queries import QUERIES, Judged
from musicdesk.evaluation.semantic_stages import School, folds
from musicdesk.evaluation.semantic_tables import FINDING, Table
from musicdesk.jobs import Job
from musicdesk.recommend.log import BoolArray
from musicdesk.records import FloatArray, IntArray, Moods, Track, Vectors
from musicdesk.semantic.heard import words_of
from musicdesk.semantic.learning_config import LearningConfig
from musicdesk.semantic.material import Material
from musicdesk.semantic.texts import facts_of, metadata_sentence, text_of
from musicdesk.tracks import fold

FILES = "what files say"
FULL_TEXT, ALL = "full text alone", "search, all parts"
PRECISION = "precision@5"
TOP = 5


def library_sounds(name: str, vectors: Vectors, tracks: Mapping[str, Track]) -> WordedSounds:
    """The sounds of a desk that files are known of; raises NothingYet where there are fewer than two."""
    rows = [row for row, sound in enumerate(vectors.hashes) if sound in tracks]
    if len(rows) < 2:
        raise NothingYet("Nothing of this library is analysed. Run: musicdesk analyze")
    known = [tracks[vectors.hashes[row]] for row in rows]
    heard = words_of([(vectors.tags[rows], vectors.vocabulary)])
    facts = tuple(facts_of(track, heard=own) for track, own in zip(known, heard, strict=True))
    says = tuple((metadata_sentence(fact) or track.title or "music",) for fact, track in zip(facts, known, strict=True))
    return WordedSounds(
        name=name, sounds=vectors.matrix[rows], tags=vectors.tags[rows], vocabulary=tuple(vectors.vocabulary),
        facts=facts, artists=numbered(tuple(artist_of(track) for track in known)),
        queries={FILES: says, FULL: tuple((text_of(fact) or "music",) for fact in facts)},
        audio=tuple(track.path for track in known),
    )  # fmt: skip


def finding(
    data: WordedSounds, sentences: Remembered, config: LearningConfig, *, seeds: Sequence[int], parts: int, job: Job
) -> tuple[Table, ...]:
    """Whether texts find the sounds of artists that nothing was learned of, and sounds their texts."""
    found: dict[tuple[str, str, str], list[Values]] = {}
    asked_of: list[IntArray] = []
    cases = [(seed, number) for seed in seeds for number in range(parts)]
    for seed, number in job.each(cases, text="Learning the words of the library, fold by fold"):
        asked = np.flatnonzero((fold_of := folds(data.artists, parts, seed)) == number)
        school = _school(data.part(np.flatnonzero(fold_of != number)), sentences, replace(config, seed=seed), job)
        test, first = data.part(asked), school.first()
        material = Material.of(test.sounds, test.facts, sentences)
        for kind, queries in test.queries.items():
            texts = [own[0] for own in queries]
            near = in_space(texts, material, first, sentences)
            words, both = Searching(test, sentences).scores(texts, near)
            ways = {MATCHING: tag_matching(texts, test, sentences), SPACE_1: near, WORDS: words, BOTH: both}
            for way, scores in ways.items():
                own = np.arange(len(texts))
                there, back = places_of_sounds(scores, own), places_of_texts(scores, texts, own)
                found.setdefault(("text to audio", kind, way), []).append(semantic_tables.of_ranks(there))
                found.setdefault(("audio to text", kind, way), []).append(semantic_tables.of_ranks(back))
        asked_of.append(asked)
    return tuple(_table(data, found, asked_of, parts, which) for which in dict.fromkeys(key[:2] for key in found))


def _table(
    data: WordedSounds, found: Mapping[tuple[str, str, str], list[Values]], asked: Sequence[IntArray], parts: int,
    which: tuple[str, str],
) -> Table:  # fmt: skip
    ways = {way: np.concatenate(each) for (*own, way), each in found.items() if tuple(own) == which}
    pools = [len(rows) for rows in asked for _ in range(len(rows))]
    units = data.artists[np.concatenate(asked)]
    return Table(
        f"{which[0]}, {which[1]}", data.name,
        f"{len(data)} tracks, {len(np.unique(data.artists))} artists, {parts} folds by artist",
        semantic_tables.rows(ways, FINDING, units, against=(MATCHING,)), semantic_tables.by_chance(pools),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------- fifty queries


def strong_labels(table: Path, audio: Sequence[str]) -> tuple[str, ...]:
    """The label of each file by a CSV table with the columns path and label; "" where it names none.

    A path is absolute or relative to the table. Raises BadRequest if it cannot be read or names none of the files.
    """
    try:
        with table.open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        labels = {str((table.parent / line["path"]).absolute()): line["label"].strip() for line in lines}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise BadRequest(f"{table} is no table of the columns path and label ({error}).") from error
    found = tuple(labels.get(path, "") for path in audio)
    if not any(found):
        raise BadRequest(f"{table.name} names none of the {len(audio)} files of the library.")
    return found


def queries(
    data: WordedSounds, labels: Sequence[str], sentences: Remembered, config: LearningConfig, *,
    moods: Moods | None, seeds: Sequence[int], asked: Sequence[Judged] = QUERIES, job: Job,
) -> Table:  # fmt: skip
    """Precision of the first five answers to each query, among the tracks that are judged.

    Raises NothingYet where no query can be judged.
    """
    known = np.array(labels)
    fair = [one for one in asked if np.isin(known, one.labels).any()]
    if not fair:
        raise NothingYet("None of the queries asks for a label that is in the table.")
    right = np.stack([np.isin(known, one.labels) for one in fair])
    judged = np.flatnonzero(known != "")
    found: dict[str, list[Values]] = {}
    for seed in job.each(tuple(seeds), text="Asking the library"):
        for way, scores in _ways(data, sentences, replace(config, seed=seed), moods, fair, job).items():
            found.setdefault(way, []).append(_precisions(scores[:, judged], right[:, judged], seed)[:, None])
    units = np.tile(np.arange(len(fair)), len(seeds))
    most = float(np.mean(np.minimum(right.sum(axis=1), TOP) / TOP))
    counts = ", ".join(f"{count} {label}" for label, count in Counter(known[judged].tolist()).most_common())
    return Table(
        "fifty queries" if len(fair) == len(QUERIES) else f"{len(fair)} queries", data.name,
        f"{len(judged)} of {len(data)} tracks are judged: {counts}",
        semantic_tables.rows(
            {way: np.concatenate(each) for way, each in found.items()}, (PRECISION,), units,
            against=(FULL_TEXT, MATCHING),
        ),
        {PRECISION: float(right[:, judged].mean()), "highest": most},
    )  # fmt: skip


def _ways(
    data: WordedSounds, sentences: Remembered, config: LearningConfig, moods: Moods | None, fair: Sequence[Judged],
    job: Job,
) -> dict[str, FloatArray]:  # fmt: skip
    texts = [one.query for one in fair]
    learned = _school(data, sentences, config, job).first()
    near = in_space(texts, Material.of(data.sounds, data.facts, sentences), learned, sentences)
    held = holding(data)
    words, both = Searching(data, sentences, moods=moods).scores(texts, near)
    whole = Searching(data, sentences, moods=moods, genres=_genres(data), held=held).scores(texts, near)[1]
    return {
        FULL_TEXT: full_text(texts, held, len(data)), MATCHING: tag_matching(texts, data, sentences),
        WORDS: words, SPACE_1: near, BOTH: both, ALL: whole,
    }  # fmt: skip


def holding(data: WordedSounds) -> dict[str, IntArray]:
    """Word → the sounds whose files say it."""
    rows: dict[str, list[int]] = {}
    for row, fact in enumerate(data.facts):
        for word in set(fold(metadata_sentence(fact)).replace(",", " ").replace(".", " ").split()):
            rows.setdefault(word, []).append(row)
    return {word: np.array(own, np.int64) for word, own in rows.items()}


def full_text(texts: Sequence[str], held: Mapping[str, IntArray], count: int) -> FloatArray:
    """How many words of each text a file says, the rare ones counting more (Spärck Jones, 1972).  # [t, count]"""
    scores = np.zeros((len(texts), count), np.float32)
    for place, text in enumerate(texts):
        for word in set(fold(text).replace(",", " ").split()):
            if word in held:
                scores[place, held[word]] += np.log1p(count / len(held[word]))
    return scores


def _genres(data: WordedSounds) -> dict[str, IntArray]:
    names = sorted({genre for fact in data.facts for genre in fact.genres})
    return {
        name: np.array([row for row, fact in enumerate(data.facts) if name in fact.genres], np.int64) for name in names
    }


def _precisions(scores: FloatArray, right: BoolArray, seed: int) -> Values:
    """The share of right ones among the first five; equal scores are drawn by lot.  # [q, n] -> [q]"""
    luck = np.random.default_rng([seed, 17]).random(scores.shape)
    first = np.lexsort((luck, -scores), axis=1)[:, :TOP]
    return np.asarray(np.take_along_axis(right, first, axis=1).mean(axis=1), np.float64)


def _school(data: WordedSounds, sentences: Remembered, config: LearningConfig, job: Job) -> School:
    return School(Material.of(data.sounds, data.facts, sentences), config, job=job)
