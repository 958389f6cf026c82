"""Both stages of the learning, one after the other: words and sounds in one space, then what the listener takes.

HTCL: Pan et al., "Bridging the gap between semantic and user preference spaces for multi-modal music representation
learning" (ICMR 2025, arXiv 2505.23298). The sentence encoder stays as it is. After the second stage it is asked whether
the meaning is still there (``settling``); where it is not, the network goes back a part of the way, or all of it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from musicdesk.encoders.nets.htcl_net import HtclNet, VectorsTower, standardise
from musicdesk.errors import NothingYet
from musicdesk.jobs import Job
from musicdesk.learning import copied, device, luck
from musicdesk.records import FloatArray, IntArray
from musicdesk.records.meaning import MEANING, PREFERENCE, StageReport
from musicdesk.semantic.learning_config import FEWEST, FEWEST_PAIRS, LearningConfig, too_few
from musicdesk.semantic.lessons import Lessons, placed
from musicdesk.semantic.material import Material
from musicdesk.semantic.meaning_stage import learn_meaning
from musicdesk.semantic.pairs import alone
from musicdesk.semantic.preference_stage import learn_preference, recall_of_held
from musicdesk.semantic.readings import read, unread
from musicdesk.semantic.settling import settle

Each = Callable[[str, tuple[float, ...]], None]
"""Told after every epoch: the stage's name and all its losses so far (also those before it was gone on with)."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What came of it; ``encoders.htcl`` keeps it."""

    network: HtclNet
    """Both towers, heads and fusion, and how vectors are standardised; it leaves nothing out by lot, on the CPU."""
    config: LearningConfig
    stages: tuple[StageReport, ...]
    joint: FloatArray  # [n, 100] unit rows: where the sounds of the material lie
    seconds: float


def problem(material: Material, *, config: LearningConfig | None = None) -> str:
    """The sentence that says why this cannot be learned from; "" if it can."""
    config = config or LearningConfig()
    if config.without_text or config.without_meaning:
        few = len(material.pairs) < FEWEST_PAIRS
        return f"Without the first stage it takes {FEWEST_PAIRS} pairs; there are {len(material.pairs)}." if few else ""
    worded = sum(not fact.silent for fact in material.facts)
    return too_few(worded)


def learn(
    material: Material,
    *,
    config: LearningConfig,
    job: Job,
    each: Each | None = None,
    checkpoint: Path | None = None,
) -> Learned:
    """Learn both stages; the same material, config and seed give the same weights.

    ``checkpoint`` is a folder in which the state is kept after the epochs: called again with the same material and
    config it goes on, to the bit; whoever gave it removes it. Raises NothingYet with the sentence of ``problem``,
    Cancelled, and BadRequest when the training runs away.
    """
    began = time.monotonic()
    if lacking := problem(material, config=config):
        raise NothingYet(lacking)
    readings = unread(material) if config.without_text else read(
        material, count=config.captions, job=job, seed=config.seed
    )  # fmt: skip
    lessons = Lessons(network_for(material, config), material, readings, config)
    learned, held = parted(material, config)
    kept = (lambda stage: (checkpoint / f"{stage}.safetensors", _about(material, config))) if checkpoint else None
    stages = []
    if not (config.without_meaning or config.without_text):
        stages.append(
            learn_meaning(
                lessons, learned=learned, held=held, job=job, told=_told(each, MEANING),
                checkpoint=kept(MEANING) if kept else None,
            )
        )  # fmt: skip
    if len(material.pairs) >= FEWEST_PAIRS:
        stages.append(_preference(lessons, held, job, each, kept(PREFERENCE) if kept else None))
    job.check()
    joint = placed(lessons.network, material)
    return Learned(lessons.network.cpu(), config, tuple(stages), joint, time.monotonic() - began)


def network_for(material: Material, config: LearningConfig) -> HtclNet:
    """A network that knows nothing yet, of the widths that the material has, on the device where it learns."""
    tower = replace(config.tower, inputs=material.sounds.shape[-1], text_inputs=material.sentences.dim)
    with luck(config.seed):
        network = HtclNet(tower)
    if isinstance(network.tower, VectorsTower):
        mean, deviation = material.sounds.mean(axis=0), material.sounds.std(axis=0)
        standardise(network, mean.tolist(), (1 / np.maximum(deviation, 1e-3 * deviation.max(initial=1e-6))).tolist())
    return network.to(device()).eval()


def parted(material: Material, config: LearningConfig) -> tuple[IntArray, IntArray]:
    """The rows to learn from, and those of the artists that are held out (none in a small library)."""
    groups = alone(material.artists)
    names = np.unique(groups)
    if len(names) < 2 * FEWEST:
        return np.arange(len(material)), np.zeros(0, np.int64)
    aside = np.random.default_rng([config.seed, 1]).permutation(names)[: round(config.held * len(names))]
    out = np.isin(groups, aside)
    return np.flatnonzero(~out), np.flatnonzero(out)


def _preference(
    lessons: Lessons, held: IntArray, job: Job, each: Each | None, checkpoint: tuple[Path, str] | None
) -> StageReport:
    """The second stage, as far as it keeps the meaning."""
    before = copied(lessons.network)
    report = learn_preference(lessons, held=held, job=job, told=_told(each, PREFERENCE), checkpoint=checkpoint)
    settled = settle(lessons, before, held)
    after = recall_of_held(lessons, held) if settled.reach else report.recall[1]
    return replace(
        report,
        recall=(report.recall[0], after),
        probes=settled.probes,
        reach=settled.reach,
        rolled_back=settled.sentence,
    )


def _told(each: Each | None, stage: str) -> Callable[[tuple[float, ...]], None]:
    return lambda losses: each(stage, losses) if each else None


def _about(material: Material, config: LearningConfig) -> str:
    """A digest of all that decides what is learned."""
    found = sha256(f"{config!r} {material.sentences.name} {material.sounds.shape}".encode())
    for array in (material.sounds, material.artists, material.albums, material.recordings):
        found.update(np.ascontiguousarray(array).tobytes())
    for array in (material.pairs.triggers, material.pairs.accepted, material.pairs.weights):
        found.update(np.ascontiguousarray(array).tobytes())
    found.update(repr(material.facts).encode("utf-8", "replace"))
    return found.hexdigest()
