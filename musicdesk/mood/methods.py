"""The one interface of all ways to steer: the translator, what needs no training, chance, and the oracles.

A method says for each of the four moods where a seed would lie if it had that mood, and what the label of a sound is
worth beside its place. Everything else is the same for all of them, and linear: with seed x, places p_k, target y and
strength β

    x̂ = unit_rows(Σ_k y_k p_k)        x_β = unit_rows(x + β (x̂ − x))        score(r) = x_β · r + β Σ_k y_k w_k(r)

so that five dot products and four columns of labels, which do not change while a target or a strength is dragged, are
all that a list needs: see ``Live``. A target between moods lies between their places.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from musicdesk.errors import BadRequest, NotFound
from musicdesk.mood import baselines
from musicdesk.mood.baselines import Places
from musicdesk.mood.catalogue import Catalogue as Catalogue
from musicdesk.mood.oracles import Chance, Oracle
from musicdesk.mood.translation import Translation
from musicdesk.records import MOODS, FloatArray, unit_rows


class Live(Protocol):
    """What is kept of one seed, so that a drag costs a sum of columns."""

    def at(self, target: FloatArray, *, strength: float = 1.0) -> FloatArray:
        """The scores for one target mix [4]; higher is better.  # [n]"""


class Method(Protocol):
    """One way to steer, over the catalogue that it was made for."""

    @property
    def name(self) -> str:
        """As in ``methods()``."""

    def scores(self, seeds: FloatArray, source: FloatArray, target: FloatArray, *, strength: float = 1.0) -> FloatArray:
        """How good each sound is as the seed in the target mood; the seeds themselves are not left out.

        ``seeds`` are unit rows of the catalogue's space, ``source`` and ``target`` mixes of MOODS (rows sum to 1),
        ``strength`` is β: 0 stays at the seed, 1 goes all the way.  # [m, dim], [m, 4], [m, 4] -> [m, n]
        """

    def live(self, seed: FloatArray, source: FloatArray) -> Live:
        """The same for one seed of which the target and the strength are dragged.  # [dim], [4]"""


BEST_WITHOUT_TRAINING = "nearest+labels"
"""What serves where there is too little to train on; see evaluation/moods.md."""
_NAMES = (
    "translator+labels", "translator", "nearest+labels", "neighbourhood", "arithmetic+labels", "filter", "arithmetic",
    "average-mood", "nearest", "random", "oracle-1", "oracle-100",
)  # fmt: skip
WITH_LABELS = "+labels"
WEIGHTS = {"translator+labels": 0.5, "nearest+labels": 2.0, "arithmetic+labels": 0.8}
"""How many cosines a whole share of the target mood is worth: what served best on three fifths of Emotify's artists."""
TINY = 1e-12
TRAINED = frozenset({"translator", "translator+labels"})
ORACLES = frozenset({"oracle-1", "oracle-100"})
CONTROLS = frozenset({"random", "nearest"})


def methods() -> tuple[str, ...]:
    """The names of all methods, the best first."""
    return _NAMES


def make(
    name: str, catalogue: Catalogue, *, translator: Translation | None = None, rng: np.random.Generator | None = None
) -> Method:
    """The method of this name over ``catalogue``.

    Raises NotFound for an unknown name and BadRequest where a translator is needed and none is given, or it was made
    for other vectors.
    """
    if name not in _NAMES:
        raise NotFound(f"There is no method {name}. These are known: {', '.join(_NAMES)}.")
    rng = np.random.default_rng(0) if rng is None else rng
    if name == "random":
        return Chance(catalogue, rng)
    if name in ORACLES:
        return Oracle(catalogue, depth=int(name.partition("-")[2]), rng=rng)
    return Placed(name, catalogue, places=_places(name, catalogue, translator), worth=_worth(name, catalogue))


@dataclass(frozen=True, eq=False)
class Columns:
    """One seed of a method that is linear; see the top of the module."""

    cosines: FloatArray  # [5, n] of each sound with the seed and its places in the four moods
    products: FloatArray  # [5, 5] of these five with each other
    worth: FloatArray | None  # [4, n]

    def at(self, target: FloatArray, *, strength: float = 1.0) -> FloatArray:
        """The scores for one target mix [4].  # [n]"""
        parts = _mixed(self.products, np.asarray(target, np.float32), strength)
        found = parts @ self.cosines
        if self.worth is not None and strength:
            found += np.float32(strength) * (np.asarray(target, np.float32) @ self.worth)
        return np.asarray(found, np.float32)


class Placed:
    """A method that knows where a seed lies in each mood, and what a label is worth."""

    def __init__(self, name: str, catalogue: Catalogue, *, places: Places, worth: FloatArray | None) -> None:
        self.name = name
        self._space, self._places, self._worth = catalogue.space, places, worth

    def scores(self, seeds: FloatArray, source: FloatArray, target: FloatArray, *, strength: float = 1.0) -> FloatArray:
        """As the top of the module says.  # [m, dim], [m, 4], [m, 4] -> [m, n]"""
        _check(seeds, source, target, dim=self._space.shape[1])
        found = self.moved(seeds, source, target, strength=strength) @ self._space.T
        if self._worth is not None and strength:
            found += np.float32(strength) * (target @ self._worth)
        return np.asarray(found, np.float32)

    def moved(self, seeds: FloatArray, source: FloatArray, target: FloatArray, *, strength: float = 1.0) -> FloatArray:
        """x_β: where the seeds lie after the step, as unit rows.  # [m, dim], [m, 4], [m, 4] -> [m, dim]"""
        goal = unit_rows(np.einsum("mk,mkd->md", target, self._places(seeds, source)))
        return unit_rows(seeds + np.float32(strength) * (goal - seeds))

    def live(self, seed: FloatArray, source: FloatArray) -> Columns:
        """The five columns of one seed.  # [dim], [4]"""
        _check(seed[None], source[None], source[None], dim=self._space.shape[1])
        five = np.concatenate([seed[None], self._places(seed[None], source[None])[0]])
        return Columns(np.asarray(five @ self._space.T, np.float32), five @ five.T, self._worth)


def _places(name: str, catalogue: Catalogue, translator: Translation | None) -> Places:
    kind = name.removesuffix(WITH_LABELS)
    if kind == "average-mood":
        return baselines.average_mood(catalogue)
    if kind == "arithmetic":
        return baselines.arithmetic(catalogue)
    if kind == "neighbourhood":
        return baselines.neighbourhood(catalogue)
    if kind != "translator":
        return baselines.staying
    if translator is None:
        raise BadRequest("There is no translator yet. Run: musicdesk steer learn")
    if translator.dim != catalogue.dim:
        raise BadRequest("The translator was made for another encoder. Make it anew: musicdesk steer learn")
    return translator.places


def _worth(name: str, catalogue: Catalogue) -> FloatArray | None:
    if name == "filter":
        return baselines.hard_worth(catalogue)
    return baselines.soft_worth(catalogue, WEIGHTS[name]) if name.endswith(WITH_LABELS) else None


def _mixed(products: FloatArray, target: FloatArray, strength: float) -> FloatArray:
    """How much of seed and places x_β has, from their products alone.  # [5, 5], [4] -> [5]"""
    goal = np.concatenate([np.zeros(1, np.float32), target])
    goal /= np.sqrt(max(float(goal @ products @ goal), TINY))
    step = np.float32(strength) * goal
    step[0] += np.float32(1 - strength)
    return np.asarray(step / np.sqrt(max(float(step @ products @ step), TINY)), np.float32)


def _check(seeds: FloatArray, source: FloatArray, target: FloatArray, *, dim: int) -> None:
    if seeds.ndim != 2 or seeds.shape[1] != dim:
        raise BadRequest(f"Seeds are rows of {dim} numbers, as the catalogue's; these are of shape {seeds.shape}.")
    if source.shape != (len(seeds), len(MOODS)) or target.shape != source.shape:
        raise BadRequest(f"Each seed has a mood and a target of {len(MOODS)} shares.")
