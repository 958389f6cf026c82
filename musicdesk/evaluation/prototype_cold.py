"""The network on artists whom nobody has heard: what it finds of them by their sound, beside other ways.

Splits are those of ``evaluate recommenders --split cold``: a fifth of the artists is taken from everybody and is all
that may be listed. What people said of these artists is hidden as well: prototypes are made of the others' tags alone,
since nobody tags what nobody has heard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from musicdesk.errors import BadRequest
from musicdesk.evaluation import list_metrics, prototype_network, recommender_trial, resampling
from musicdesk.evaluation.kept_outcomes import KeptOutcomes
from musicdesk.evaluation.prototype_network import NETWORK, SHUFFLED, VARIANTS
from musicdesk.evaluation.recommender_trial import Course, Entry, Outcome, judged, stream
from musicdesk.evaluation.resampling import Difference
from musicdesk.evaluation.splits import Protocol
from musicdesk.evaluation.tagged_artists import TaggedArtists
from musicdesk.jobs import Job
from musicdesk.prototypes import training
from musicdesk.prototypes.trained import NetworkConfig, Trained
from musicdesk.recommend import registry
from musicdesk.recommend.log import History
from musicdesk.records import FloatArray, Measure

BESIDE = ("popularity", "content-mean", "shallow", "hybrid")
"""What it is compared with; popularity knows nothing of what nobody has heard, and must fall to chance."""
BY_SOUND = "served by sound"
"""Taught with own parts, which are left out when it is asked: what was heard and what was not are then told alike."""
OURS = ("", "sound alone", BY_SOUND, "nothing forgotten", "half forgotten", SHUFFLED)
"""Variants of the network that are measured; SHUFFLED is the control."""
TOLD = ("recall", "ndcg")


@dataclass(frozen=True, slots=True)
class ColdPlan:
    """What is to be measured."""

    methods: tuple[str, ...] = (NETWORK, *BESIDE)
    variants: tuple[str, ...] = OURS
    seeds: tuple[int, ...] = (0, 1, 2)
    """One split and one training each."""
    k: int = 20
    prototypes: int = 60
    every_tag: bool = False
    """Whether tags that say nothing of the sound are prototypes too."""
    encoder: str = ""
    """What is told of the artists (see ``lastfm.ENCODERS``)."""
    protocol: Protocol = field(default_factory=lambda: Protocol(kind="cold"))

    def __post_init__(self) -> None:
        if not self.seeds or self.k < 1 or self.prototypes < 2 or self.protocol.kind != "cold":
            raise BadRequest("Cold artists take a cold split, seeds, places, and 2 or more prototypes.")
        for name in self.methods:
            if name != NETWORK and not (registry.spec(name).serves_cold or name == "popularity"):
                raise BadRequest(f"{name} can say nothing of items that nobody has heard.")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All rows but chance."""
        ours = [Entry(NETWORK, variant) for variant in self.variants] if NETWORK in self.methods else []
        return (*ours, *(Entry(name) for name in self.methods if name != NETWORK))


@dataclass(frozen=True, slots=True)
class ColdRow:
    """One method or variant."""

    name: str
    measures: Mapping[str, Measure]
    """TOLD; intervals over listeners, whose seeds are drawn together."""
    against: Mapping[str, Difference]
    """TOLD less those of the network, for the same listeners; empty for the network."""
    fit_s: float
    """CPU seconds to learn, a seed."""


@dataclass(frozen=True, slots=True)
class ColdReport:
    """All rows, the best first, and what they were measured on."""

    data: str
    encoder: str
    plan: ColdPlan
    asked: int
    """Listeners who turned out to like some, mean over seeds."""
    candidates: int
    """Artists whom nobody has heard, mean over seeds."""
    prototypes: tuple[str, ...]
    chance: Mapping[str, float]
    rows: tuple[ColdRow, ...]


def measure(folder: Path, plan: ColdPlan, *, out: Path | None = None, job: Job) -> ColdReport:
    """Measure the rows of the plan on HetRec Last.fm in ``folder``; ``out`` keeps outcomes, so that it can go on.

    Raises NotFound for another folder or an unknown method, BadRequest for data that cannot be read.
    """
    artists = prototype_network.load(
        folder, prototypes=plan.prototypes, every_tag=plan.every_tag, encoder=plan.encoder
    )  # fmt: skip
    kept = KeptOutcomes.of(out, artists.data, plan.protocol, k=plan.k)
    courses = [Course.of(artists.data, plan.protocol, k=plan.k, seed=seed) for seed in plan.seeds]
    found: dict[Entry, list[Outcome]] = {}
    for entry in job.each(plan.entries, text="Listing artists whom nobody has heard"):
        job.say(str(entry))
        found[entry] = [_outcome(entry, artists, course, kept, job=Job()) for course in courses]
    rows = sorted((_row(entry, found) for entry in found), key=lambda row: -row.measures["ndcg"].mean)
    chance = recommender_trial.chance(courses)
    return ColdReport(
        data=str(folder), encoder=artists.data.encoder, plan=plan, prototypes=artists.names,
        asked=round(float(np.mean([len(course.split.users) for course in courses]))),
        candidates=round(float(np.mean([course.split.candidates.sum() for course in courses]))),
        chance={name: chance[name] for name in TOLD}, rows=tuple(rows),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """A trained network that answers as recommenders do."""

    trained: Trained
    artists: TaggedArtists

    def profile(self, history: History) -> FloatArray:
        """What is liked, by weight.  # [n_items]"""
        power = self.trained.config.power
        return np.maximum(history.row(len(self.artists.sounds), power=power), 0)

    def scores(self, profiles: FloatArray) -> FloatArray:
        """Of all items.  # [m, n_items] -> [m, n_items]"""
        return self.trained.scores(csr_matrix(profiles), self.artists.sounds, self.artists.prototypes)


def _outcome(entry: Entry, artists: TaggedArtists, course: Course, kept: KeptOutcomes, *, job: Job) -> Outcome:
    settings, told = {}, artists
    if entry.method == NETWORK:
        told = artists.told_of(~course.split.candidates)
        settings = {"network": repr(NetworkConfig()), "taught": _digest(told)}
    known = kept.get(entry, settings, course.seed)
    if known is None:
        if entry.method == NETWORK:
            known = judged(lambda: _served(entry.control, told, course, job=job), course)
        else:
            known = recommender_trial.outcome(entry, course, {}, job=job)
        kept.put(entry, settings, course.seed, known)
    return known


def _served(variant: str, artists: TaggedArtists, course: Course, *, job: Job) -> Served:
    if variant == SHUFFLED:
        artists = artists.with_sounds_dealt(rng=stream(course.seed, 4))
    config = replace(NetworkConfig(seed=course.seed), **VARIANTS.get(variant, {}))
    matrix = course.split.train.matrix()
    trained = training.fit(matrix, artists.sounds, artists.prototypes, artists.tags, config=config, job=job)
    if variant == BY_SOUND:
        trained = replace(trained, own=trained.own[:0])
    return Served(trained, artists)


def _digest(artists: TaggedArtists) -> str:
    return sha256(artists.prototypes.tobytes() + artists.tags.tobytes()).hexdigest()[:16]


def _row(entry: Entry, found: Mapping[Entry, list[Outcome]]) -> ColdRow:
    columns = [list_metrics.METRICS.index(name) for name in TOLD]
    units = np.concatenate([one.units for one in found[entry]])
    values = np.concatenate([one.values[:, columns] for one in found[entry]])
    measures = resampling.means(values, units, rng=stream(0, 6))
    against: dict[str, Difference] = {}
    ours = Entry(NETWORK)
    if ours in found and entry != ours:
        theirs = np.concatenate([one.values[:, columns] for one in found[ours]])
        apart = resampling.differences(values, theirs, units, rng=stream(0, 7))
        against = {name: one for name, one in zip(TOLD, apart, strict=True) if one is not None}
    return ColdRow(
        str(entry), {name: one for name, one in zip(TOLD, measures, strict=True) if one is not None}, against,
        float(np.mean([one.fit_s for one in found[entry]])),
    )  # fmt: skip
