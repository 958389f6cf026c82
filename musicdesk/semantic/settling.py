"""How far the second stage may go: as far as the meaning is kept.

Between the weights of the first stage and those at the end of the second lies a way; most of what was learned comes
early on it, most of what learning it cost comes late (Wortsman et al., Robust fine-tuning of zero-shot models, CVPR
2022). So the network is left at a part of the way, at a shorter one where the guard objects, and at its beginning
where it always does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from musicdesk.encoders.nets.htcl_net import HtclNet
from musicdesk.learning import copied
from musicdesk.records import FloatArray, IntArray
from musicdesk.records.meaning import Probe
from musicdesk.semantic import guard
from musicdesk.semantic.learning_config import FEWEST
from musicdesk.semantic.lessons import Lessons, placed, worded
from musicdesk.semantic.retrieval import own_above


@dataclass(frozen=True, slots=True)
class Settled:
    """Where the second stage was left."""

    reach: float
    """How much of its way it went; 0: it was undone."""
    probes: tuple[Probe, ...]
    """What it did to the meaning there; where it was undone, after the shortest way that was tried."""
    sentence: str = ""
    """Why it went no further; "" where it went as far as it was to go."""


def settle(lessons: Lessons, before: Mapping[str, Tensor], held: IntArray) -> Settled:
    """Leave the network of ``lessons`` at the farthest of ``config.ways`` that keeps the meaning of ``before``.

    ``before`` are the weights to go back to, and ``held`` the rows that nothing was learned of, whose texts must still
    find them.
    """
    network, config, end = lessons.network, lessons.config, copied(lessons.network)
    network.load_state_dict(before)
    questions = _Questions(lessons, held)
    found, sentence = tuple[Probe, ...](), ""
    for reach in config.ways:
        go(network, before, end, reach=reach)
        found = questions.answered()
        if not config.guarded or not guard.fell(found):
            return Settled(reach, found, sentence and guard.in_part(sentence, reach))
        sentence = sentence or guard.cost(found)
    network.load_state_dict(before)
    return Settled(0.0, found, guard.undone(sentence))


def go(network: HtclNet, before: Mapping[str, Tensor], end: Mapping[str, Tensor], *, reach: float) -> None:
    """Set ``network`` to a part of the way from the weights ``before`` to those at its ``end``; 1 is all of it."""
    network.load_state_dict({name: torch.lerp(before[name], end[name], reach) for name in end})


class _Questions:
    """What is asked of the network before the second stage and along its way."""

    def __init__(self, lessons: Lessons, held: IntArray) -> None:
        self._lessons, self._held = lessons, held
        self._questions = guard.questions_of(
            lessons.material.facts, lessons.material.artists, moods=lessons.material.moods
        )
        self._sounds, self._read = self._placed(), self._texts()

    def answered(self) -> tuple[Probe, ...]:
        """How well it answers now, beside before."""
        material, config = self._lessons.material, self._lessons.config
        found = guard.probes(self._sounds, self._placed(), self._questions, material.artists, seed=config.seed)
        read = self._texts()
        return found if self._read is None or read is None else (*found, Probe(guard.TEXTS, self._read, read, 0.5))

    def _placed(self) -> FloatArray:
        return placed(self._lessons.network, self._lessons.material)

    def _texts(self) -> float | None:
        """How far above the others the sound of a held-out track stands for its text; None where too few are known."""
        lessons, held = self._lessons, self._held
        if len(held) < FEWEST or lessons.config.without_text:
            return None
        vectors = lessons.readings.vectors[lessons.readings.whole[held]]
        sounds = placed(lessons.network, lessons.material.part(held))
        return own_above(worded(lessons.network, vectors), sounds, lessons.material.recordings[held])
