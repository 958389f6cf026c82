"""How the translator is taught: proxies for sounds that nobody ever made.

For each seed a target mood is drawn by lot, and a proxy of that mood (see ``proxies``). A part of the artists is held
out, as seeds and as targets: the weights of the epoch that serves them best are kept. A sound whose mood is not sure
teaches as what it most likely is, unless the config says otherwise; one of which nothing is known teaches nothing.
"""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from musicdesk.errors import NothingYet
from musicdesk.jobs import Job
from musicdesk.learning import Schedule, device, luck, train
from musicdesk.mood.catalogue import Catalogue
from musicdesk.mood.fewest import enough as enough
from musicdesk.mood.proxies import Proxies, proxies
from musicdesk.mood.translation import Translation, TranslatorConfig
from musicdesk.mood.translator import Pairs, Translator, joint_loss
from musicdesk.records import MOODS, IntArray

HELD = 0.1
"""The share of the artists by which it is seen when to stop."""
DRAWS = 4
"""So many proxies of each held-out sound are looked at."""
MEASURED = 1024


def fit(catalogue: Catalogue, *, config: TranslatorConfig, job: Job, however_few: bool = False) -> Translation:
    """Teach a translator with what is known of the moods; the same config and sounds give the same weights.

    ``however_few`` teaches with what there is, for those who measure how few suffice.

    Raises:
        NothingYet: there is too little; the sentence of ``enough``.
        Cancelled: the job was cancelled.
    """
    if (lacking := enough(catalogue, unsure=config.unsure)) and not however_few:
        raise NothingYet(lacking)
    if config.unsure:
        catalogue = replace(catalogue, labels=catalogue.likeliest)
    rng = np.random.default_rng([config.seed, 0])
    taught = catalogue.part(np.sort(rng.permutation(catalogue.sure)[: config.most]))
    learned, held = _parted(taught, rng)
    with luck(config.seed):
        network = Translator(catalogue.dim, config=config).to(device())
        lessons = _Lessons(network, taught, proxies(taught, learned, config=config, job=job))
        train(
            network, lessons.loss, examples=learned, schedule=_schedule(config), job=job,
            text="Learning what changes with the mood", held=(lambda: lessons.measured(held)) if len(held) else None,
        )  # fmt: skip
    return network.translation()


class _Lessons:
    """Draws proxies for seeds and tells what it costs to miss them."""

    def __init__(self, network: Translator, catalogue: Catalogue, found: Proxies) -> None:
        self._network, self._config, self._proxies = network, network.config, found
        self._space = torch.from_numpy(np.ascontiguousarray(catalogue.space, np.float32)).to(device())
        pure = np.eye(len(MOODS), dtype=np.float32)[catalogue.labels]
        self._moods = catalogue.shares if self._config.soft else pure
        self._rng = np.random.default_rng([self._config.seed, 2])

    def loss(self, seeds: IntArray) -> Tensor:
        """The joint loss of some seeds, each with a proxy drawn anew.  # [b] -> []"""
        pairs = self._pairs(seeds, self._rng)
        return joint_loss(self._network(pairs.seeds, pairs.change), pairs, config=self._config)

    def measured(self, held: IntArray) -> float:
        """The joint loss of sounds that were held out, always with the same proxies."""
        rng = np.random.default_rng([self._config.seed, 3])
        with torch.inference_mode():
            pairs = self._pairs(np.tile(held[:MEASURED], DRAWS), rng)
            return float(joint_loss(self._network(pairs.seeds, pairs.change), pairs, config=self._config))

    def _pairs(self, seeds: IntArray, rng: np.random.Generator) -> Pairs:
        moods, targets = self._proxies.draw(seeds, identity=self._config.identity, rng=rng)
        asked = self._moods[targets] if self._config.soft else np.eye(len(MOODS), dtype=np.float32)[moods]
        moved = (targets != seeds).astype(np.float32)
        change, place = torch.from_numpy(asked - self._moods[seeds]), self._space.device
        return Pairs(
            self._space[torch.from_numpy(seeds).to(place)], change.to(place),
            self._space[torch.from_numpy(targets).to(place)], torch.from_numpy(moved).to(place),
        )  # fmt: skip


def _parted(catalogue: Catalogue, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """The rows to learn from, and those of the artists that are held out."""
    artists = rng.permutation(int(catalogue.groups.max()) + 1)
    aside = np.isin(catalogue.groups, artists[: round(HELD * len(artists))])
    return np.flatnonzero(~aside), rng.permutation(np.flatnonzero(aside))


def _schedule(config: TranslatorConfig) -> Schedule:
    return Schedule(
        config.epochs, config.learning_rate, config.batch, patience=config.patience,
        weight_decay=config.weight_decay, annealed=True, seed=config.seed,
    )  # fmt: skip
