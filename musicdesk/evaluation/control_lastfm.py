"""Whether the sliders of the prototypical network do what they say, for listeners of HetRec Last.fm it has not met.

Listeners, tags and network are those of ``evaluate prototypes``. An item carries a tag if a twentieth of what people
said of the artist is that tag. The network was taught by these tags, and the prototypes are made of them; so one way
shows how far a slider reaches artists of whom it was told no tags: those of half the artists are hidden from it, and
only these artists are listed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import control, control_report, prototype_network
from musicdesk.evaluation import strong_generalisation as strong
from musicdesk.evaluation.control import Response, Sliders
from musicdesk.evaluation.control_report import ControlReport, ControlRow
from musicdesk.evaluation.strong_generalisation import StrongProtocol, StrongSplit
from musicdesk.evaluation.tagged_artists import TaggedArtists
from musicdesk.jobs import Job
from musicdesk.prototypes.columns import rarity
from musicdesk.prototypes.trained import NetworkConfig, Trained
from musicdesk.recommend.log import BoolArray, History
from musicdesk.records import GAIN_MAX, FloatArray, IntArray

NETWORK, CLIPPED, LEVELLED = "network", "gains 0 to 2", "gains 0 to 2, level columns"
UNSEEN, SHUFFLED, COSINE = "network, tags unseen", "network, shuffled", "cosine to tag centroids"
WITNESS = "listeners' tags"
CARRIED = 0.05
"""Share of what was said of an artist from which the artist carries a tag."""
SHARP = 8.0
"""How sharply a sound is shared out among prototypes where nothing is learned."""


@dataclass(frozen=True, slots=True)
class ControlPlan:
    """What is to be measured."""

    prototypes: int = 60
    every_tag: bool = False
    """Whether tags that say nothing of the sound are prototypes too."""
    listeners: int = 120
    """So many of those who are asked, drawn by lot."""
    k: int = 20
    carriers: int = 100
    """Items that must carry a tag, of those that can be listed; TEARS asks for as many."""
    protocol: StrongProtocol = field(default_factory=StrongProtocol)
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.listeners, self.k, self.carriers) < 1 or self.prototypes < 2:
            raise BadRequest("Listeners, places and carriers are 1 or more, prototypes 2 or more.")


Mix = Callable[[History, IntArray], tuple[FloatArray, FloatArray, FloatArray]]
"""What is known of a listener, and the items that may be listed [n] -> columns [k, n], gains [k], rest [n]."""


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    name: str
    mix: Mix
    only: BoolArray  # [n_items] which items may be listed


def measure(folder: Path, plan: ControlPlan, *, job: Job) -> ControlReport:
    """Measure all ways on HetRec Last.fm in ``folder``; raises NotFound for another folder, BadRequest as it loads."""
    artists = prototype_network.load(folder, prototypes=plan.prototypes, every_tag=plan.every_tag)
    part = strong.split(artists.data.log, plan.protocol, 0)
    carried = np.ascontiguousarray((np.nan_to_num(artists.tags) >= CARRIED).T)
    asked = np.flatnonzero((carried & part.candidates).sum(axis=1) >= plan.carriers)
    if not len(asked):
        raise NothingYet(f"No tag is on {plan.carriers} artists that can be listed. Ask for fewer carriers.")
    rows: list[ControlRow] = []
    first: list[Response] = []
    ways = _ways(artists, part, plan, job=job)
    for way in job.each(ways, text="Moving sliders"):
        told = _responses(way, part, carried, asked, plan)
        rows += control_report.rows(way.name, WITNESS, told, seed=plan.seed)
        first = first or told
    sizes = (carried & part.candidates).sum(axis=1)
    return ControlReport(
        data=str(folder), kind="lastfm", k=plan.k, listeners=len(first), candidates=int(part.candidates.sum()),
        prototypes=len(artists.names), rows=tuple(rows),
        tags=control_report.tag_rows(artists.names, sizes.tolist(), first),
        notes=(
            f"{len(asked)} of the {len(artists.names)} tags are carried by {plan.carriers} artists or more.",
        ),
    )  # fmt: skip


def mixed(trained: Trained, artists: TaggedArtists) -> Mix:
    """The network's own columns, the gains that it believes in, and how well known the items are."""

    def mix(known: History, items: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        weights = np.maximum(known.row(len(artists.sounds), power=trained.config.power), 0)[known.items]
        heard, prototypes = artists.sounds[known.items], artists.prototypes
        profile = trained.profile(heard, prototypes, weights, rows=known.items)
        columns = trained.columns(
            artists.sounds[items], prototypes, heard, weights=weights, rows=items, history_rows=known.items
        )
        return columns, len(profile) * profile, trained.well_known(items)

    return mix


def by_cosine(artists: TaggedArtists) -> Mix:
    """Without any training: plain cosines with the tags' centroids, gains by how near the history lies to them."""

    def mix(known: History, items: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        logits = SHARP * (artists.sounds[known.items] @ artists.prototypes.T)
        shared = np.exp(logits - logits.max(axis=1, keepdims=True))
        shared /= shared.sum(axis=1, keepdims=True)
        gains = np.asarray(np.clip(shared.shape[1] * shared.mean(axis=0), 0, GAIN_MAX), np.float32)
        return artists.prototypes @ artists.sounds[items].T, gains, np.zeros(len(items), np.float32)

    return mix


def _clipped(mix: Mix) -> Mix:
    """With gains that a slider can show."""

    def clipped(known: History, items: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        columns, gains, rest = mix(known, items)
        return columns, np.asarray(np.clip(gains, 0, GAIN_MAX), np.float32), rest

    return clipped


def _levelled(mix: Mix) -> Mix:
    """With columns of one scale, as the desk's are, and nothing beside them."""

    def levelled(known: History, items: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        columns, gains, rest = mix(known, items)
        return rarity(columns)[0], gains, np.zeros_like(rest)

    return levelled


def _shuffled(mix: Mix, count: int, rng: np.random.Generator) -> Mix:
    """The control: every slider has the column and the gain of another prototype."""
    dealt = control.dealt(count, rng=rng)

    def shuffled(known: History, items: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        columns, gains, rest = mix(known, items)
        return columns[dealt], gains[dealt], rest

    return shuffled


def _ways(artists: TaggedArtists, part: StrongSplit, plan: ControlPlan, *, job: Job) -> list[_Way]:
    """The network as it is first; two trainings."""
    rng, config = np.random.default_rng([plan.seed, 21]), NetworkConfig(seed=plan.seed)
    network = mixed(prototype_network.fitted(artists, part, config, job=job), artists)
    told = rng.random(len(artists.sounds)) < 0.5
    half = artists.told_of(told)
    unseen = mixed(prototype_network.fitted(half, part, config, job=job), half)
    everything = part.candidates
    mixes: Mapping[str, Mix] = {
        NETWORK: network, CLIPPED: _clipped(network), LEVELLED: _levelled(_clipped(network)), UNSEEN: unseen,
        SHUFFLED: _shuffled(network, len(artists.names), rng), COSINE: by_cosine(artists),
    }  # fmt: skip
    return [_Way(name, mix, everything & ~told if name == UNSEEN else everything) for name, mix in mixes.items()]


def _responses(way: _Way, part: StrongSplit, carried: BoolArray, asked: IntArray, plan: ControlPlan) -> list[Response]:
    """What the sliders of every listener do; the listeners are the same for all ways."""
    rng = np.random.default_rng([plan.seed, 22])
    drawn = np.sort(rng.permutation(len(part.test.users))[: plan.listeners])
    found = []
    for known, held in ((part.test.known[n], part.test.held[n]) for n in drawn.tolist()):
        may = part.candidates & way.only
        may[known.items] = False
        items = np.flatnonzero(may)
        columns, gains, rest = way.mix(known, items)
        there = np.flatnonzero(np.isin(items, held))
        found.append(control.respond(Sliders(columns, gains, carried[:, items], rest, asked, there), k=plan.k))
    return found
