"""The networks of one fold: both stages and their controls, on the vectors of an encoder or from spectrograms.

What learns from spectrograms has the networks of the vectors beside it, taught with the same sounds, texts and pairs,
so that the two are tested question by question. Of the controls it has the texts that were shuffled alone: each network
takes minutes here, and the others say nothing of where the sounds come from.
"""

from dataclasses import dataclass, replace

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.evaluation.semantic_data import Remembered, WordedSounds
from musicdesk.evaluation.semantic_finding import SHUFFLED, UNTOLD
from musicdesk.evaluation.semantic_stages import STAGE_1, STAGE_2, VARIANTS, VECTORS_1, VECTORS_2, School, Staged
from musicdesk.jobs import Job
from musicdesk.records import FloatArray
from musicdesk.records.meaning import PreferencePairs
from musicdesk.semantic.learning_config import LearningConfig
from musicdesk.semantic.material import Material

GUARDED = "stage 2, as the guard leaves it"
SHUFFLED_PAIRS, OTHER_PAIRS = "stage 2, shuffled pairs", "stage 2, pairs of other tracks"
"""Controls: the same tracks dealt to each other anew, and all of it told of tracks by lot."""

Networks = dict[str, Staged]
"""Name → network."""


@dataclass(frozen=True, eq=False)
class Heard:
    """The same sounds as vectors of an encoder and, where they were drawn, as spectrograms."""

    vectors: Material
    mels: Material | None = None

    def of(self, staged: Staged) -> Material:
        """As this network takes them; raises BadRequest where it is fed spectrograms and none were drawn."""
        if not staged.from_mel:
            return self.vectors
        if self.mels is None:
            raise BadRequest("This network is fed spectrograms, and none were drawn: measure with --from-mel.")
        return self.mels


def heard_of(sounds: WordedSounds, sentences: Remembered) -> Heard:
    """Sounds as networks take them, without pairs."""
    vectors = Material.of(sounds.sounds, sounds.facts, sentences, moods=sounds.shares)
    return Heard(vectors, None if sounds.mels is None else replace(vectors, sounds=sounds.mels))


class Classroom:
    """What the networks of a fold are taught with."""

    def __init__(
        self, known: WordedSounds, sentences: Remembered, pairs: PreferencePairs, *, seed: int, job: Job
    ) -> None:
        self._known, self._sentences, self._pairs, self._seed, self._job = known, sentences, pairs, seed, job

    def from_vectors(self, config: LearningConfig, *, ablations: bool) -> tuple[Networks, Networks]:
        """The networks of the encoder's vectors, and the controls of their first stage."""
        school = self._school(config, self._known.sounds)
        networks = _both(school)
        untold = self._school(config, self._known.sounds, told=False)
        controls = {SHUFFLED: school.first(shuffled=True), UNTOLD: untold.first()}
        if ablations:
            first = networks[STAGE_1]
            networks |= {name: school.second(first, changed) for name, changed in VARIANTS.items()}
            networks |= {name: self._school(config, self._known.sounds, pairs=own).second(first)
                         for name, own in self._dealt().items()}  # fmt: skip
        return networks, controls

    def from_mel(self, config: LearningConfig, *, beside: LearningConfig) -> tuple[Networks, Networks]:
        """The networks of the spectrograms, those of the vectors (``beside``), and a control of the first stage.

        Raises BadRequest where no spectrograms were drawn.
        """
        if self._known.mels is None:
            raise BadRequest(f"No spectrograms of {self._known.name} were drawn: measure with --from-mel.")
        school = self._school(config, self._known.mels)
        on_vectors = _both(self._school(beside, self._known.sounds))
        networks = _both(school) | {VECTORS_1: on_vectors[STAGE_1], VECTORS_2: on_vectors[STAGE_2]}
        return networks, {SHUFFLED: school.first(shuffled=True)}

    def _dealt(self) -> dict[str, PreferencePairs]:
        """Pairs of chance: who was taken after whom, or which tracks were taken at all."""
        pairs = self._pairs
        accepted = np.random.default_rng(self._seed).permutation(pairs.accepted)
        other = np.random.default_rng([self._seed, 8]).permutation(len(self._known))
        return {
            SHUFFLED_PAIRS: replace(pairs, accepted=accepted),
            OTHER_PAIRS: replace(pairs, triggers=other[pairs.triggers], accepted=other[pairs.accepted]),
        }

    def _school(
        self, config: LearningConfig, sounds: FloatArray, *, told: bool = True, pairs: PreferencePairs | None = None
    ) -> School:
        facts = self._known.facts if told else self._known.untold
        material = Material.of(
            sounds, facts, self._sentences, pairs=self._pairs if pairs is None else pairs, moods=self._known.shares
        )
        return School(material, replace(config, seed=self._seed), job=self._job)


def _both(school: School) -> Networks:
    """Both stages, and what the guard makes of them."""
    first = school.first()
    second = school.second(first)
    return {STAGE_1: first, STAGE_2: second, GUARDED: second.kept or second}
