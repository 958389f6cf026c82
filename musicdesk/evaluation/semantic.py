"""Whether words find sounds, whether choices bend the space, and what that costs the meaning: Emotify, by artist.

After Pan et al. (ICMR 2025), whose own figures are of data that nobody else has. Folds by artist: both stages learn
from the others, and what is asked, and what it is searched among, is of artists that neither has seen. Tests are paired
and drawn over artists, all seeds of an artist together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.evaluation import semantic_pairs, semantic_probes, semantic_tables
from musicdesk.evaluation.resampling import Values
from musicdesk.evaluation.semantic_data import FULL, SAID, Remembered, WordedSounds
from musicdesk.evaluation.semantic_finding import (
    BOTH,
    BOTH_VECTORS,
    MATCHING,
    SPACE_1,
    SPACE_2,
    SPACE_VECTORS_1,
    SPACE_VECTORS_2,
    WORDS,
    Searching,
    in_space,
    places_of_sounds,
    places_of_texts,
    tag_matching,
)
from musicdesk.evaluation.semantic_networks import Classroom, Heard, Networks, heard_of
from musicdesk.evaluation.semantic_stages import BEFORE, STAGE_1, STAGE_2, VARIANTS, VECTORS_1, VECTORS_2, Staged, folds
from musicdesk.evaluation.semantic_tables import FINDING, Table
from musicdesk.evaluation.semantic_tastes import LIKINGS, SHARE, Sessions, fit, new_pairs, pairs_of
from musicdesk.jobs import Job
from musicdesk.recommend.log import BoolArray
from musicdesk.records import FloatArray, IntArray, unit_rows
from musicdesk.records.meaning import PreferencePairs
from musicdesk.semantic.learning_config import LearningConfig

SAME_GENRE = "same genre"
SPACES = {STAGE_1: SPACE_1, STAGE_2: SPACE_2, VECTORS_1: SPACE_VECTORS_1, VECTORS_2: SPACE_VECTORS_2}
"""Network → what it is called where texts find sounds."""
LIBRARY, STRANGERS = "tracks of the library", "artists never heard"
"""Pairs that were held out: new ones among the tracks that are learned from, or among those of other artists."""


@dataclass(frozen=True, slots=True)
class SemanticPlan:
    """What is to be measured."""

    seeds: int = 3
    folds: int = 5
    ablations: bool = True
    sessions: Sessions = field(default_factory=Sessions)
    config: LearningConfig = field(default_factory=LearningConfig.small)
    seed: int = 0
    mel: LearningConfig | None = None
    """What learns from spectrograms, with ``config`` beside it on the same folds; None: nothing does."""

    def __post_init__(self) -> None:
        if self.seeds < 1 or self.folds < 2:
            raise BadRequest("Seeds are 1 or more; to learn and to ask there must be 2 folds or more.")
        if self.mel and (self.ablations or not self.mel.from_mel):
            raise BadRequest("From spectrograms both stages are measured, by a preset for them and without ablations.")

    @property
    def each(self) -> tuple[int, ...]:
        """The seeds."""
        return tuple(range(self.seed, self.seed + self.seeds))


@dataclass
class _Told:
    """What the folds give, piece by piece."""

    sounds: dict[tuple[str, str, str], list[Values]] = field(default_factory=dict)
    """(which way, kind of query, way) → places."""
    pairs: dict[tuple[str, str], list[Values]] = field(default_factory=dict)
    """(which pairs, way) → METRICS of the triggers."""
    classes: dict[str, list[Values]] = field(default_factory=dict)
    shares: dict[str, list[Values]] = field(default_factory=dict)
    rows: list[IntArray] = field(default_factory=list)
    """The asked rows of each fold."""
    queries: dict[str, list[IntArray]] = field(default_factory=dict)
    triggers: dict[str, list[IntArray]] = field(default_factory=dict)
    pools: list[int] = field(default_factory=list)
    chance: dict[str, list[float]] = field(default_factory=dict)
    held_back: dict[str, int] = field(default_factory=dict)


def measure(data: WordedSounds, sentences: Remembered, plan: SemanticPlan, *, job: Job) -> tuple[Table, ...]:
    """All tables of Emotify: finding by words both ways, what probes read, what is taken, and what each part does."""
    told = _Told()
    cases = [(seed, number) for seed in plan.each for number in range(plan.folds)]
    for seed, number in job.each(cases, text="Learning words and preference, fold by fold"):
        fold = folds(data.artists, plan.folds, seed)
        _Fold(data, sentences, plan, fold == number, seed=seed * plan.folds + number, job=job).tell(told)
    return tuple(_tables(data, plan, told))


_Among = tuple[FloatArray, Heard, IntArray]
"""Sounds that are searched: their own unit vectors, as the networks take them, their rows in the data."""


class _Fold:
    """One fold: what is learned from, what is asked."""

    def __init__(
        self, data: WordedSounds, sentences: Remembered, plan: SemanticPlan, asked: BoolArray, *, seed: int, job: Job
    ) -> None:
        self._data, self._sentences, self._plan, self._seed, self._job = data, sentences, plan, seed, job
        self.known, self.asked = np.flatnonzero(~asked), np.flatnonzero(asked)
        self._test = data.part(self.asked)
        self._searched = heard_of(self._test, sentences)

    def tell(self, told: _Told) -> None:
        """Learn all networks of this fold and put down what they give."""
        likes = _felt(self._data)
        pairs = pairs_of(self.known, *likes, sessions=self._plan.sessions, seed=self._seed, asked=False)
        held = pairs_of(self.asked, *likes, sessions=self._plan.sessions, seed=self._seed, asked=True)
        classroom = Classroom(self._data.part(self.known), self._sentences, pairs, seed=self._seed, job=self._job)
        networks, controls = self._learned(classroom)
        for name in (each for each in (STAGE_2, *VARIANTS) if each in networks):
            told.held_back[name] = told.held_back.get(name, 0) + networks[name].held_back
        told.rows.append(self.asked)
        told.pools.append(len(self.asked))
        self._find(told, networks, controls)
        known = heard_of(self._data.part(self.known), self._sentences)
        mine, theirs = self._standardised()
        self._pair(told, STRANGERS, networks, held, (theirs, self._searched, self.asked))
        again = pairs_of(self.known, *likes, sessions=self._plan.sessions, seed=self._seed, asked=True)
        self._pair(told, LIBRARY, networks, new_pairs(pairs, again), (mine, known, self.known), pairs)
        self._probe(told, networks, known)

    def _learned(self, classroom: Classroom) -> tuple[Networks, Networks]:
        plan = self._plan
        if plan.mel:
            return classroom.from_mel(plan.mel, beside=plan.config)
        return classroom.from_vectors(plan.config, ablations=plan.ablations)

    # ------------------------------------------------------------------------------------------------- finding

    def _find(self, told: _Told, networks: Mapping[str, Staged], controls: Mapping[str, Staged]) -> None:
        searching = Searching(self._test, self._sentences)
        for kind, queries in self._test.queries.items():
            texts = [text for own in queries for text in own]
            own = np.repeat(np.arange(len(queries)), [len(each) for each in queries])
            told.queries.setdefault(kind, []).append(self.asked[own])
            spaces = {**{SPACES[name]: networks[name] for name in SPACES if name in networks}, **controls}
            if self._plan.ablations and kind == SAID:
                spaces |= {name: networks[name] for name in VARIANTS if name != "without text"}
            near = {
                name: in_space(texts, self._searched.of(space), space, self._sentences)
                for name, space in spaces.items()
            }
            ways = {MATCHING: tag_matching(texts, self._test, self._sentences), **near}
            if kind != FULL:
                ways[WORDS], ways[BOTH] = searching.scores(texts, near[SPACE_1])
                if SPACE_VECTORS_1 in near:
                    _, ways[BOTH_VECTORS] = searching.scores(texts, near[SPACE_VECTORS_1])
            for name, scores in ways.items():
                there = semantic_tables.of_ranks(places_of_sounds(scores, own))
                back = semantic_tables.of_ranks(places_of_texts(scores, texts, own))
                told.sounds.setdefault(("text to audio", kind, name), []).append(there)
                told.sounds.setdefault(("audio to text", kind, name), []).append(back)

    # --------------------------------------------------------------------------------------------------- pairs

    def _pair(
        self, told: _Told, which: str, networks: Mapping[str, Staged], held: PreferencePairs, among: _Among,
        known: PreferencePairs | None = None,
    ) -> None:  # fmt: skip
        before, heard, rows = among
        genres = np.array(self._data.genres)[rows]
        near = {BEFORE: _cosines(before), SAME_GENRE: (genres[:, None] == genres[None]).astype(np.float32)}
        near |= {name: _cosines(space.sounds(heard.of(space))) for name, space in networks.items()}
        for name, own in near.items():
            values, triggers = semantic_pairs.values(own, held, known=known, rng=np.random.default_rng([self._seed, 9]))
            told.pairs.setdefault((which, name), []).append(values)
        told.triggers.setdefault(which, []).append(rows[triggers])
        told.chance.setdefault(which, []).append(semantic_pairs.by_chance(held, len(rows))["recall@10"])

    def _standardised(self) -> tuple[FloatArray, FloatArray]:
        """The encoder's own vectors of what is known and what is asked, unit rows."""
        known, asked = self._data.sounds[self.known], self._test.sounds
        mean, scale = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-3 * known.std(axis=0).max())
        return unit_rows((known - mean) / scale), unit_rows((asked - mean) / scale)

    # -------------------------------------------------------------------------------------------------- probes

    def _probe(self, told: _Told, networks: Mapping[str, Staged], known: Heard) -> None:
        spaces = {BEFORE: (self._data.sounds[self.known], self._test.sounds)}
        spaces |= {
            name: (space.sounds(known.of(space)), space.sounds(self._searched.of(space)))
            for name, space in networks.items()
        }
        classes = np.eye(int(_classes(self._data).max()) + 1, dtype=np.float32)[_classes(self._data)[self.known]]
        shares = _felt(self._data)[0][self.known]
        for name, (learned, asked) in spaces.items():
            told.classes.setdefault(name, []).append(semantic_probes.answers(learned, asked, classes))
            told.shares.setdefault(name, []).append(semantic_probes.answers(learned, asked, shares))


def _felt(data: WordedSounds) -> tuple[FloatArray, FloatArray]:
    """What people felt [n, 9], and the tempo [n]; raises BadRequest where that is not known."""
    if data.shares is None or data.tempo is None:
        raise BadRequest(f"Nobody said what is felt in {data.name}.")
    return data.shares, data.tempo


def taste_genres(data: WordedSounds) -> dict[str, dict[str, float]]:
    """Taste → genre → its share among the tracks that fit best: how far a taste is a genre after all."""
    genres = np.array(data.genres)
    found = {}
    for liking, own in zip(LIKINGS, fit(*_felt(data)), strict=True):
        best = genres[np.argsort(-own)[: round(SHARE * len(data))]]
        found[liking.name] = {str(name): float((best == name).mean()) for name in np.unique(genres)}
    return found


# -------------------------------------------------------------------------------------------------------- tables


def _tables(data: WordedSounds, plan: SemanticPlan, told: _Told) -> Sequence[Table]:
    split = f"{len(data)} tracks, {len(np.unique(data.artists))} artists, {plan.folds} folds by artist"
    return [
        *(_finding(data, plan, told, way, kind, split) for way in ("text to audio", "audio to text")
          for kind in data.queries),
        _probing(data, plan, told, split),
        *(_taking(data, plan, told, which, split) for which in (LIBRARY, STRANGERS)),
    ]  # fmt: skip


def _finding(data: WordedSounds, plan: SemanticPlan, told: _Told, way: str, kind: str, split: str) -> Table:
    there = way == "text to audio"
    asked = np.concatenate(told.queries[kind] if there else told.rows)
    ways = {name: np.concatenate(each) for (w, k, name), each in told.sounds.items() if (w, k) == (way, kind)}
    pools = np.concatenate([
        np.full(len(own), pool if there else len(set(data_texts(data, kind, rows))))
        for own, pool, rows in zip(told.queries[kind] if there else told.rows, told.pools, told.rows, strict=True)
    ])  # fmt: skip
    return Table(
        f"{way}, {kind}", data.name, split,
        semantic_tables.rows(
            ways, FINDING, data.artists[asked],
            against=(MATCHING, SPACE_1, SPACE_VECTORS_1, BOTH_VECTORS), seed=plan.seed,
        ),
        semantic_tables.by_chance(pools.tolist()),
    )  # fmt: skip


def data_texts(data: WordedSounds, kind: str, rows: IntArray) -> list[str]:
    """The queries of some sounds."""
    return [text for row in rows.tolist() for text in data.queries[kind][row]]


def _probing(data: WordedSounds, plan: SemanticPlan, told: _Told, split: str) -> Table:
    rows = np.concatenate(told.rows)
    answers = {name: (np.concatenate(told.classes[name]), np.concatenate(told.shares[name])) for name in told.classes}
    classes = _classes(data)
    return Table(
        "linear probes", data.name, split,
        semantic_probes.rows(
            answers, classes[rows], _felt(data)[0][rows], data.artists[rows],
            against=(BEFORE, STAGE_1, VECTORS_1), seed=plan.seed,
        ),
        {semantic_probes.GENRE: float(np.bincount(classes).max() / len(classes)), semantic_probes.EMOTIONS: 0.0},
        tuple(
            f"The guard holds back {name} in {count} of {len(told.rows)} folds."
            for name, count in told.held_back.items()
        ),
    )  # fmt: skip


def _taking(data: WordedSounds, plan: SemanticPlan, told: _Told, which: str, split: str) -> Table:
    rows = np.concatenate(told.triggers[which])
    ways = {name: np.concatenate(each) for (kind, name), each in told.pairs.items() if kind == which}
    found = semantic_tables.rows(
        ways, semantic_pairs.METRICS, data.artists[rows],
        against=(BEFORE, STAGE_1, STAGE_2, VECTORS_2), seed=plan.seed,
    )  # fmt: skip
    genres = (
        f"{taste}: " + ", ".join(f"{100 * share:.0f} % {name}" for name, share in own.items())
        for taste, own in taste_genres(data).items()
    )
    return Table(
        f"held-out pairs, {which}", data.name, split, found, {"recall@10": float(np.mean(told.chance[which]))},
        ("What fits each taste best is of these genres: " + "; ".join(genres) + ".",),
    )  # fmt: skip


def _classes(data: WordedSounds) -> IntArray:
    return np.asarray(np.unique(np.array(data.genres), return_inverse=True)[1], np.int64).reshape(-1)


def _cosines(rows: FloatArray) -> FloatArray:
    return np.asarray(rows @ rows.T, np.float32)
