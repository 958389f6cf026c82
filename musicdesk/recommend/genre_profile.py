"""The two recommenders of the CNN paper, which go by what a classifier says of every item.

Comprehensive: a listener is one mixture of categories, q_u = Σ w_ui c_i / Σ w_ui over what they listened to, with the
preference degree w and the class vector c; what has the same mixture comes first. Multicategory: nothing is averaged
over categories; those with a share of at least θ = 0.15 are served one by one, each by its own part of the history.
Reconstructed, since the paper gives no formulas; both readings of the threshold and of the vector ratio can be chosen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from musicdesk import kept
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.recommend.base import RecommenderSpec, floored
from musicdesk.recommend.categories import RATIOS, class_vectors, memberships, similarity
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.shared_list import SharedPick, Wish, merged
from musicdesk.recommend.specs import SPECS
from musicdesk.recommend.vectors import needed, present
from musicdesk.records import FloatArray, IntArray

THRESHOLD = 0.15
"""The paper's best compromise between listeners of one category and of several."""
READINGS = ("share", "song")
"""What reaches the threshold: a category's share of the listener's mixture, or its probability in a song heard."""


def _one_of(value: str, known: tuple[str, ...], what: str) -> None:
    if value not in known:
        raise BadRequest(f"There is no {what} called {value!r}. Known are: {', '.join(known)}.")


def _categories(count: int) -> None:
    if not 2 <= count <= 200:
        raise BadRequest(f"{count} categories cannot be made. Ask for 2 to 200.")


@dataclass(frozen=True, slots=True)
class ComprehensiveConfig:
    """How alike two mixtures are, and how many categories are made where the vectors are no class vectors."""

    ratio: str = "norms"
    categories: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        _one_of(self.ratio, RATIOS, "ratio")
        _categories(self.categories)


@dataclass(frozen=True, slots=True)
class MulticategoryConfig:
    """As above, and which categories a listener prefers."""

    ratio: str = "norms"
    threshold: float = THRESHOLD
    reading: str = "share"
    categories: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        _one_of(self.ratio, RATIOS, "ratio")
        _one_of(self.reading, READINGS, "reading of the threshold")
        _categories(self.categories)
        if not 0 < self.threshold < 1:
            raise BadRequest(f"A threshold of {self.threshold} cannot be; it lies between 0 and 1.")


class _GenreProfile:
    """What both have in common: the class vectors of the items, and the mean taste for who has no history."""

    spec: ClassVar[RecommenderSpec]
    config: ComprehensiveConfig | MulticategoryConfig
    _classes: FloatArray  # [n_items, C], rows of nan where nothing is known
    _known: FloatArray  # [n_items, C], with zeros there
    _neutral: FloatArray  # [k]

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:
        """Take the class vectors of the items, or make categories of other ``vectors``; the log gives the mean taste.

        Raises BadRequest if there are no vectors, or not as many as items.
        """
        job.check()
        rows = needed(vectors, log.n_items)
        self._take(class_vectors(rows, count=self.config.categories, seed=self.config.seed))
        everyone = self._told_of(log.items, log.degrees)
        if not everyone.any():
            everyone = self.servable.astype(np.float32)
        self._neutral = self._profile(everyone)

    def profile(self, history: History) -> FloatArray:
        """What a history tells, by what was liked of it; nothing liked gives the mean taste of everyone.  # [k]"""
        degrees = self._told_of(history.items, history.degrees)
        return self._profile(degrees) if degrees.any() else self._neutral.copy()

    @property
    def servable(self) -> BoolArray:
        """The items that have a vector.  # [n_items]"""
        return present(self._classes)

    @property
    def classes(self) -> FloatArray:
        """The class vectors in use, the given or the made ones; rows of nan where nothing is known.  # [n_items, C]"""
        return self._classes

    def save(self, folder: Path) -> None:
        """Write class vectors and mean taste into ``folder``."""
        kept.write(
            folder, self.spec.name, config=self.config, arrays={"classes": self._classes, "neutral": self._neutral}
        )

    def _restore(self, found: kept.Kept) -> None:
        """Take over what ``save`` wrote; raises ModelUnavailable."""
        self._take(np.asarray(found.array("classes", None, None), np.float32))
        self._neutral = np.asarray(found.array("neutral", self._width()), np.float32)
        if not self.servable.any() or not np.isfinite(self._neutral).all():
            raise ModelUnavailable(f"The saved recommender {self.spec.name} is broken. Run: musicdesk recommenders fit")

    def _told_of(self, items: IntArray, degrees: FloatArray) -> FloatArray:
        """The degrees in favour of every item that has a class vector, summed.  # [n_items]"""
        told = np.zeros(len(self._classes), np.float32)
        np.add.at(told, items, np.maximum(degrees, 0))
        return np.where(self.servable, told, 0).astype(np.float32)

    def _take(self, classes: FloatArray) -> None:
        """Go by these class vectors."""
        self._classes, self._known = classes, np.nan_to_num(classes, nan=0.0)

    def _width(self) -> int:
        """Length of a profile."""
        raise NotImplementedError

    def _profile(self, degrees: FloatArray) -> FloatArray:
        """The profile of the degrees [n_items] of all items, some above 0."""
        raise NotImplementedError


class Comprehensive(_GenreProfile):
    """One mixture of categories a listener. A profile is q_u.  # [C]"""

    spec = SPECS["comprehensive"]
    config_type = ComprehensiveConfig

    def __init__(self, *, config: ComprehensiveConfig = ComprehensiveConfig()) -> None:
        self.config: ComprehensiveConfig = config

    def scores(self, profiles: FloatArray) -> FloatArray:
        """The modified similarity of every item and each profile, 0 to 1.  # [m, C] -> [m, n_items]"""
        return floored(similarity(self._known, profiles, ratio=self.config.ratio), self.servable)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        method = cls(config=found.config_as(ComprehensiveConfig))
        method._restore(found)
        return method

    def _width(self) -> int:
        return int(self._classes.shape[1])

    def _profile(self, degrees: FloatArray) -> FloatArray:
        return _mean(self._known, degrees)


class Multicategory(_GenreProfile):
    """The preferred categories of a listener, each with its share and its own mixture.

    A profile is the mixture of all, then the share of every category (0: not preferred), then a mixture a category, one
    after the other.  # [C + C + C * C]
    """

    spec = SPECS["multicategory"]
    config_type = MulticategoryConfig

    def __init__(self, *, config: MulticategoryConfig = MulticategoryConfig()) -> None:
        self.config: MulticategoryConfig = config

    def scores(self, profiles: FloatArray) -> FloatArray:
        """An order in which every beginning has each preferred category by its share.

        The item that is the r-th best of a category of share s gets s / (2r - 1) (Sainte-Laguë's divisors, which give
        the places of a list one by one); what belongs to no preferred category comes after, by the similarity to the
        whole mixture.  # [m, k] -> [m, n_items]
        """
        told = np.zeros((len(profiles), len(self._classes)), np.float32)
        for row, profile in enumerate(profiles):
            told[row] = self._order(self._read(profile))
        return floored(told, self.servable)

    def shares(self, profile: FloatArray) -> FloatArray:
        """The share of every category in a profile, adding up to 1; 0 where it is not preferred.  # [C]"""
        return self._read(profile).shares

    def shared(self, profiles: FloatArray, count: int, *, allowed: BoolArray | None = None) -> tuple[SharedPick, ...]:
        """A list of ``count`` items for a group, one profile a listener (or for one listener alone).

        Every listener gets the same number of places, and every category that they prefer its share of them; ``also``
        names who else prefers a category of the item. ``allowed`` [n_items] says what may be picked (default: all that
        is known). The list is shorter where no more is allowed.
        """
        open_ = self.servable if allowed is None else self.servable & allowed
        tastes = [self._read(profile) for profile in profiles]
        picks = merged([*self._wishes(tastes, open_), *self._leftovers(tastes, open_)], count)
        return tuple(replace(pick, also=self._others(pick, tastes)) for pick in picks)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        method = cls(config=found.config_as(MulticategoryConfig))
        method._restore(found)
        return method

    # ------------------------------------------------------------------------------------------------------ parts

    def _width(self) -> int:
        count = int(self._classes.shape[1])
        return count * (2 + count)

    def _take(self, classes: FloatArray) -> None:
        super()._take(classes)
        self._members = memberships(classes, threshold=self.config.threshold, reading=self.config.reading)

    def _profile(self, degrees: FloatArray) -> FloatArray:
        classes = self._known
        whole, heard = _mean(classes, degrees), self._members * degrees[:, None]
        shares = self._preferred(whole / whole.sum(), heard.sum(axis=0))
        # a category may have its share by many songs that are nobody's first choice: then all speak for it a little
        own = [_mean(classes, told if told.any() else degrees * classes[:, k]) for k, told in enumerate(heard.T)]
        return np.concatenate([whole, shares, *own]).astype(np.float32)

    def _preferred(self, mixture: FloatArray, heard: FloatArray) -> FloatArray:
        """The shares of the preferred categories.  # [C]"""
        given = heard if self.config.reading == "song" else np.where(mixture >= self.config.threshold, mixture, 0)
        if not given.any():
            given = (np.arange(len(mixture)) == mixture.argmax()).astype(np.float32)
        return np.asarray(given / given.sum(), np.float32)

    def _read(self, profile: FloatArray) -> "_Taste":
        count = self._classes.shape[1]
        return _Taste(profile[:count], profile[count : 2 * count], profile[2 * count :].reshape(count, count))

    def _order(self, taste: "_Taste") -> FloatArray:
        told: FloatArray = similarity(self._known, taste.whole[None], ratio=self.config.ratio)[0] - 1
        for wish in self._categories(0, taste, self.servable):
            places = wish.share / (2 * np.arange(len(wish.items)) + 1)
            told[wish.items] = np.maximum(told[wish.items], places)
        return told

    def _categories(self, listener: int, taste: "_Taste", allowed: BoolArray) -> Iterator[Wish]:
        """What a listener likes of each preferred category, the largest share first."""
        members = self._members & allowed[:, None]
        for category in np.argsort(-taste.shares, kind="stable").tolist():
            if taste.shares[category] > 0:
                rows = np.flatnonzero(members[:, category])
                yield self._wish(listener, category, float(taste.shares[category]), rows, taste.own[category])

    def _wishes(self, tastes: list["_Taste"], allowed: BoolArray) -> list[Wish]:
        """All wishes, everyone's first category before anyone's second."""
        each = [list(self._categories(number, taste, allowed)) for number, taste in enumerate(tastes)]
        longest = max((len(own) for own in each), default=0)
        return [own[place] for place in range(longest) for own in each if place < len(own)]

    def _leftovers(self, tastes: list["_Taste"], allowed: BoolArray) -> list[Wish]:
        rows = np.flatnonzero(allowed)
        return [self._wish(number, -1, 0.0, rows, taste.whole) for number, taste in enumerate(tastes)]

    def _wish(self, listener: int, category: int, share: float, rows: IntArray, mixture: FloatArray) -> Wish:
        near = similarity(self._known[rows], mixture[None], ratio=self.config.ratio)[0]
        order = np.argsort(-near, kind="stable")
        return Wish(listener, category, share, rows[order], near[order])

    def _others(self, pick: SharedPick, tastes: list["_Taste"]) -> tuple[int, ...]:
        """Who else prefers a category of this item."""
        own = self._members[pick.item]
        return tuple(
            number for number, taste in enumerate(tastes) if number != pick.listener and (taste.shares[own] > 0).any()
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Taste:
    """A profile of the multicategory method, taken apart."""

    whole: FloatArray  # [C]
    shares: FloatArray  # [C]
    own: FloatArray  # [C, C]


def _mean(classes: FloatArray, weights: FloatArray) -> FloatArray:
    """The weighted mean of class vectors; weights are at least 0, and some are more.  # [C]"""
    total = float(weights.sum(dtype=np.float64))
    return np.asarray(weights @ classes / (total or 1.0), np.float32)
