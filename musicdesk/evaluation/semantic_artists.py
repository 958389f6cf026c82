"""HetRec's artists, where sound is not needed: tags that people gave are text, and what listeners share bends it.

In place of a sound stands the latent vector of an artist's tags (truncated singular vectors of the levelled shares;
Deerwester et al., 1990), so the first stage has nothing hard to learn, and what is measured is the second: whether
pairs of artists that some listeners play much foretell those of other listeners. Listeners are held out, and for the
harder table artists as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from musicdesk.evaluation import semantic_pairs, semantic_probes, semantic_tables, tagged_artists
from musicdesk.evaluation.resampling import Values
from musicdesk.evaluation.semantic_data import Remembered
from musicdesk.evaluation.semantic_stages import BEFORE, STAGE_1, STAGE_2, School
from musicdesk.evaluation.semantic_tables import Table
from musicdesk.evaluation.semantic_tastes import new_pairs
from musicdesk.jobs import Job
from musicdesk.recommend.log import BoolArray, Log
from musicdesk.records import FloatArray, IntArray, unit_rows
from musicdesk.records.meaning import PreferencePairs
from musicdesk.semantic.learning_config import LearningConfig
from musicdesk.semantic.material import Material
from musicdesk.semantic.pairs import part, preference_pairs
from musicdesk.semantic.texts import Facts

CLASSES = 12
"""So many of the most used tags are asked of a probe: which of them is strongest."""
PAIRS, BESIDE = "reference: the pairs alone", "reference: before, and the pairs"
KNOWN, NEW, STRANGERS = "other listeners", "other listeners, new pairs", "other listeners, artists never heard"
"""Pairs of listeners who were held out: all of them, those that nobody had before, those of artists held out too."""


@dataclass(frozen=True, slots=True)
class ArtistsPlan:
    """How much is learned from."""

    artists: int = 1500
    """Those with most listeners."""
    tags: int = 200
    """The most used ones, those left out that say nothing of the sound."""
    latent: int = 64
    said: int = 6
    """Tags that are read of each artist."""
    favourites: int = 20
    """Artists of each listener that pairs are made of: those that they played most."""
    pairs: int = 12_000
    """Pairs that are learned from at most, by lot."""
    held: float = 0.2
    """The share of the listeners, and of the artists, that is held out."""


@dataclass(frozen=True, eq=False)
class Artists:
    """One row an artist."""

    vectors: FloatArray  # [n, latent]
    facts: tuple[Facts, ...]
    classes: IntArray  # [n] the strongest of the most used tags
    log: Log
    rows: IntArray  # [n] which item of the log each is


def load(folder: Path, plan: ArtistsPlan = ArtistsPlan()) -> Artists:
    """The artists of HetRec that have most listeners and any tag; raises as ``tagged_artists.load``."""
    found = tagged_artists.load(folder, prototypes=plan.tags)
    listeners = np.bincount(found.data.log.items, minlength=found.data.log.n_items)
    tagged = np.isfinite(found.tags).all(axis=1)
    rows = np.sort(np.argsort(-(listeners * tagged), kind="stable")[: min(plan.artists, int(tagged.sum()))])
    shares = found.tags[rows]
    said = np.argsort(-shares, axis=1, kind="stable")[:, : plan.said]
    facts = tuple(
        Facts(own_tags=tuple(found.names[k] for k in own if share[k] > 0))
        for own, share in zip(said.tolist(), shares, strict=True)
    )
    return Artists(_latent(shares, plan.latent), facts, shares[:, :CLASSES].argmax(axis=1), found.data.log, rows)


@dataclass(frozen=True, eq=False)
class _Outcome:
    """What one seed gives."""

    pairs: Mapping[tuple[str, str], Values]
    """(which pairs, way) → METRICS of the triggers."""
    triggers: Mapping[str, IntArray]
    chance: Mapping[str, float]
    probes: Mapping[str, Values]
    """Way → what a probe answers of the classes of the artists that were held out."""
    asked: IntArray
    held_back: bool


def measure(
    artists: Artists, sentences: Remembered, config: LearningConfig, *, seeds: Sequence[int],
    plan: ArtistsPlan = ArtistsPlan(), job: Job,
) -> tuple[Table, ...]:  # fmt: skip
    """Pairs of held-out listeners before and after the second stage, and what that costs the tags."""
    told = [
        _outcome(artists, sentences, replace(config, seed=seed, captions=1), plan, job)
        for seed in job.each(tuple(seeds), text="Learning the artists")
    ]
    split = f"{len(artists.rows)} artists, {artists.log.n_users} listeners, {100 * plan.held:.0f} % of both held out"
    return (*(_taken(told, which, split) for which in (KNOWN, NEW, STRANGERS)), _probed(artists, told, split))


def _outcome(
    artists: Artists, sentences: Remembered, config: LearningConfig, plan: ArtistsPlan, job: Job
) -> _Outcome:  # fmt: skip
    rng = np.random.default_rng([config.seed, 41])
    aside = rng.random(len(artists.rows)) < plan.held
    known, asked = np.flatnonzero(~aside), np.flatnonzero(aside)
    later = rng.random(artists.log.n_users) < plan.held
    learned = _some(_pairs(artists, known, ~later, plan, config.seed), plan.pairs, rng)
    materials = _material(artists, known, sentences), _material(artists, asked, sentences)
    school = School(replace(materials[0], pairs=learned), config, job=job)
    first = school.first()
    second = school.second(first)
    spaces = [
        {
            BEFORE: unit_rows(artists.vectors[rows]),
            STAGE_1: first.sounds(material),
            STAGE_2: second.sounds(material),
        }
        for rows, material in zip((known, asked), materials, strict=True)
    ]
    found, triggers, chance = {}, {}, {}
    others = _pairs(artists, known, later, plan, config.seed)
    for which, rows, own, held, seen in (
        (KNOWN, known, spaces[0], others, None),
        (NEW, known, spaces[0], new_pairs(learned, others), learned),
        (STRANGERS, asked, spaces[1], _pairs(artists, asked, later, plan, config.seed), None),
    ):
        near = {way: space @ space.T for way, space in own.items()}
        near |= _references(learned, near[BEFORE]) if rows is known else {}
        for way, each in near.items():
            luck = np.random.default_rng([config.seed, 9])
            found[which, way], at = semantic_pairs.values(each, held, rng=luck, known=seen)
            triggers[which] = rows[at]
        chance[which] = semantic_pairs.by_chance(held, len(rows))["recall@10"]
    goals = np.eye(CLASSES, dtype=np.float32)[artists.classes[known]]
    probes = {way: semantic_probes.answers(spaces[0][way], spaces[1][way], goals) for way in spaces[0]}
    return _Outcome(found, triggers, chance, probes, asked, second.held_back)


def _references(pairs: PreferencePairs, before: FloatArray) -> dict[str, FloatArray]:
    """What the learned pairs say without any network: artists with the same partners; and that beside the tags."""
    count = len(before)
    partners = np.eye(count, dtype=np.float32)
    np.add.at(partners, (pairs.triggers, pairs.accepted), 1)
    np.add.at(partners, (pairs.accepted, pairs.triggers), 1)
    alike = unit_rows(partners) @ unit_rows(partners).T
    return {PAIRS: alike, BESIDE: alike + before}


def _taken(told: Sequence[_Outcome], which: str, split: str) -> Table:
    ways = [way for kind, way in told[0].pairs if kind == which]
    return Table(
        f"held-out pairs, {which}", "HetRec", split,
        semantic_tables.rows(
            {way: np.concatenate([one.pairs[which, way] for one in told]) for way in ways},
            semantic_pairs.METRICS, np.concatenate([one.triggers[which] for one in told]), against=(BEFORE, STAGE_1),
        ),
        {"recall@10": float(np.mean([one.chance[which] for one in told]))},
    )  # fmt: skip


def _probed(artists: Artists, told: Sequence[_Outcome], split: str) -> Table:
    rows = np.concatenate([one.asked for one in told])
    right = {
        way: (np.concatenate([one.probes[way].argmax(axis=1) for one in told]) == artists.classes[rows])[:, None]
        for way in told[0].probes
    }
    held_back = sum(one.held_back for one in told)
    return Table(
        "linear probes", "HetRec", split,
        semantic_tables.rows(
            {way: own.astype(np.float64) for way, own in right.items()}, ("tag_accuracy",), rows,
            against=(BEFORE, STAGE_1),
        ),
        {"tag_accuracy": float(np.bincount(artists.classes).max() / len(artists.classes))},
        (f"The guard holds back stage 2 in {held_back} of {len(told)} seeds.",),
    )  # fmt: skip


def _latent(shares: FloatArray, size: int) -> FloatArray:
    levelled = np.sqrt(shares) * np.log1p(len(shares) / np.maximum((shares > 0).sum(axis=0), 1))
    u, s, _ = np.linalg.svd(levelled - levelled.mean(axis=0), full_matrices=False)
    return np.asarray(u[:, :size] * s[:size], np.float32)


def _pairs(artists: Artists, rows: IntArray, listeners: BoolArray, plan: ArtistsPlan, seed: int) -> PreferencePairs:
    """What some listeners play much, taken together: artists that stand near each other by their plays."""
    log = artists.log
    place = np.full(log.n_items, -1, np.int64)
    place[artists.rows[rows]] = np.arange(len(rows))
    heard = []
    for user in np.flatnonzero(listeners).tolist():
        history = log.history(user)
        best = np.argsort(-history.degrees, kind="stable")[: plan.favourites]
        own = [int(place[item]) for item in history.items[best].tolist() if place[item] >= 0]
        heard += [(str(user), str(row), float(60 * at)) for at, row in enumerate(own)]
    return preference_pairs([str(row) for row in range(len(rows))], heard=heard, seed=seed)


def _some(pairs: PreferencePairs, most: int, rng: np.random.Generator) -> PreferencePairs:
    return part(pairs, np.sort(rng.permutation(len(pairs))[:most]))


def _material(artists: Artists, rows: IntArray, sentences: Remembered) -> Material:
    return Material.of(artists.vectors[rows], [artists.facts[row] for row in rows.tolist()], sentences)
