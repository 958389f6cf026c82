"""The two stages with what lies between them, and the same with a part left out.

``semantic.learning.learn`` gives what a person gets; here the network is looked at before and after each stage, and one
first stage serves all second ones.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np

from musicdesk.encoders.nets.htcl_config import MEL_SOURCE
from musicdesk.encoders.nets.htcl_net import HtclNet
from musicdesk.jobs import Job
from musicdesk.learning import copied
from musicdesk.records import FloatArray, IntArray
from musicdesk.semantic.learning import network_for, parted
from musicdesk.semantic.learning_config import LearningConfig
from musicdesk.semantic.lessons import Lessons, placed, worded
from musicdesk.semantic.material import Material
from musicdesk.semantic.meaning_stage import learn_meaning
from musicdesk.semantic.preference_stage import learn_preference
from musicdesk.semantic.readings import Readings, read, unread
from musicdesk.semantic.settling import go, settle

BEFORE, STAGE_1, STAGE_2 = "before", "stage 1", "stage 2"
VECTORS_1, VECTORS_2 = "on vectors, stage 1", "on vectors, stage 2"
"""The networks of the encoder's vectors, where those above learn from spectrograms."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What is left out of the second stage, or of both."""

    text: bool = False
    meaning: bool = False
    audio_text: bool = False
    fused: bool = False


VARIANTS: Mapping[str, Changed] = {
    "without text": Changed(text=True),
    "without stage 1": Changed(meaning=True),
    "without the audio-text term": Changed(audio_text=True),
    "without the fused term": Changed(fused=True),
}


@dataclass(frozen=True, eq=False)
class Staged:
    """A network after a stage."""

    network: HtclNet
    kept: "Staged | None" = None
    """What the guard leaves of it."""
    held_back: bool = False
    """Whether that is less; the network itself is as it was learned."""

    @property
    def from_mel(self) -> bool:
        """Whether it is fed spectrograms."""
        return self.network.config.source == MEL_SOURCE

    def sounds(self, material: Material) -> FloatArray:
        """Where sounds lie.  # [n, joint] unit rows"""
        return placed(self.network, material)

    def texts(self, vectors: FloatArray) -> FloatArray:
        """Where sentences lie.  # [t, d] -> [t, joint] unit rows"""
        return worded(self.network, vectors)


class School:
    """One material, one seed: a first stage, and second stages that begin with it."""

    def __init__(self, material: Material, config: LearningConfig, *, job: Job) -> None:
        self._material, self._config, self._job = material, config, job
        self._readings = read(material, count=config.captions, job=job, seed=config.seed)
        self._learned, self._held = parted(material, config)

    def first(self, *, shuffled: bool = False) -> Staged:
        """The first stage; ``shuffled``: with each sound under the texts of another one, as a control."""
        lessons = self._lessons(network_for(self._material, self._config), self._config)
        if shuffled:
            dealt = np.random.default_rng([self._config.seed, 91]).permutation(len(self._material))
            lessons = Lessons(
                lessons.network, self._material, Readings(self._readings.vectors, self._readings.texts[dealt]),
                self._config,
            )  # fmt: skip
        learn_meaning(
            lessons, learned=self._learned, held=self._held, job=self._job, told=_nothing, checkpoint=None
        )  # fmt: skip
        return Staged(lessons.network)

    def second(self, first: Staged, changed: Changed = Changed()) -> Staged:
        """The second stage upon ``first``, or upon a network that knows nothing where the first is left out.

        It goes as far as it is to go, whatever that costs; what the guard leaves of it stands beside.
        """
        config = _config(self._config, changed)
        fresh = changed.text or changed.meaning
        network = network_for(self._material, config) if fresh else deepcopy(first.network)
        lessons = self._lessons(network, config)
        learn_preference(lessons, held=self._held, job=self._job, told=_nothing, checkpoint=None)
        before, end = copied(first.network), copied(network)
        settled = settle(lessons, before, self._held)
        kept = Staged(deepcopy(network))
        go(network, before, end, reach=config.ways[0])
        return Staged(network, kept=kept, held_back=bool(settled.sentence))

    def _lessons(self, network: HtclNet, config: LearningConfig) -> Lessons:
        readings = unread(self._material) if config.without_text else self._readings
        return Lessons(network, self._material, readings, config)


def folds(artists: IntArray, count: int, seed: int) -> IntArray:
    """The fold of each sound, artists together, the folds about as large as each other.  # [n]"""
    names, sizes = np.unique(artists, return_counts=True)
    drawn = np.random.default_rng([seed, 61]).permutation(len(names))
    order = drawn[np.argsort(-sizes[drawn], kind="stable")]
    filled, fold = np.zeros(count, np.int64), np.zeros(int(names.max()) + 1, np.int64)
    for place in order.tolist():
        fold[names[place]] = filled.argmin()
        filled[filled.argmin()] += sizes[place]
    return np.asarray(fold[artists], np.int64)


def _config(config: LearningConfig, changed: Changed) -> LearningConfig:
    return replace(
        config,
        without_text=changed.text,
        without_meaning=changed.meaning or changed.text,
        audio_text=0.0 if changed.audio_text else config.audio_text,
        audio_fused=0.0 if changed.fused else config.audio_fused,
    )


def _nothing(_losses: tuple[float, ...]) -> None:
    """Nobody is told of the losses."""
