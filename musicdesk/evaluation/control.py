"""Whether a slider does what it says: the list under other gains of one prototype, beside the tags of what is listed.

tag-NDCG@k as in the code of TEARS (WebConf 2025): an item counts if it carries the tag, 1 / log2(place + 1) for the
place it stands at, and 1 is a list of nothing else. A change is always *after less before*: taking a prototype out
should give a number below 0 for its own tag, doubling it one above 0, and 0 for all other tags. The dose is the place
of the slider, the response the share of the tag in the first k; they are compared by Spearman's rank correlation, which
is 0 where the share never moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from musicdesk.errors import BadRequest
from musicdesk.evaluation.resampling import Values
from musicdesk.recommend.log import BoolArray
from musicdesk.records import FloatArray, IntArray

SLIDER = (-1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
"""The slider's places, as gains."""
TOWARDS = SLIDER.index(0.0)
"""From here on a slider pulls towards its prototype."""
EDITS = {"removed": 0.0, "halved": 0.5, "doubled": 2.0}
"""What a gain is multiplied by."""
PLACES = 100
"""Of the list that accuracy is told by."""
STRONGEST = 5
"""So many prototypes of a listener, those with the largest gains, are told apart: who lets go of something had it."""


@dataclass(frozen=True, slots=True, eq=False)
class Sliders:
    """What the list of one listener is mixed from; items are those that may be listed."""

    columns: FloatArray  # [k, n]
    gains: FloatArray  # [k] as they are before anything is moved
    carried: BoolArray  # [k, n] which items carry the tag of each prototype, for all that the columns know
    rest: FloatArray  # [n] the part of the score that no slider moves
    asked: IntArray  # [m] the prototypes whose tag is known well enough
    held: IntArray  # [h] items that the listener turned out to like; none: not known

    def __post_init__(self) -> None:
        k, n = self.columns.shape
        if self.gains.shape != (k,) or self.carried.shape != (k, n) or self.rest.shape != (n,):
            raise BadRequest("Every prototype has a column, a gain and its tag's items, over the same items.")

    def scores(self, gains: FloatArray) -> FloatArray:
        """Of all items.  # [k] -> [n]"""
        return np.asarray(gains @ self.columns + self.rest)


class Faithful(NamedTuple):
    """What happens to the first k when a prototype is taken out."""

    replaced_by_top: float
    """Share of them that others take the place of, without the prototype that gave them most."""
    replaced_by_other: float
    """The same without another one that has a gain, on average."""
    moved_by_top: float
    """How far their scores go, in deviations of all scores."""
    moved_by_other: float


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """What one listener's sliders did; a row is a prototype."""

    prototypes: IntArray  # [m]
    strongest: BoolArray  # [m] which are among the listener's strongest
    own: Values  # [m, EDITS] change of the tag-NDCG of the prototype's own tag; nan where it has no gain to edit
    others: Values  # [m, EDITS] mean change for all other tags; nan likewise
    accuracy: Values  # [m, EDITS] change of the NDCG@100 of what was held out; nan likewise, and where nothing was
    doses: Values  # [m, SLIDER] share of the tag in the first k
    follows: Values  # [m] Spearman's correlation of slider and share, from 0 to 2
    follows_wide: Values  # [m] the same from -1 to 2
    before: float
    """NDCG@100 of what was held out, before any edit; nan where nothing was."""
    faithful: Faithful | None
    """None where fewer than two prototypes have a gain."""


def respond(sliders: Sliders, *, k: int) -> Response:
    """Move every slider that is asked for, one at a time, and look at the lists."""
    if not 1 <= k <= sliders.columns.shape[1]:
        raise BadRequest(f"A list of {k} cannot be made of {sliders.columns.shape[1]} items.")
    scores = sliders.scores(sliders.gains)
    start = _seen(sliders, scores[None], k)
    edited, doses = [], []
    for prototype in sliders.asked.tolist():
        gain = sliders.gains[prototype]
        edited.append(_seen(sliders, _moved(sliders, scores, prototype, gain * np.array(list(EDITS.values()))), k))
        doses.append(_shares(sliders, _moved(sliders, scores, prototype, np.array(SLIDER)), prototype, k))
    there = np.where(sliders.gains[sliders.asked] != 0, 0.0, np.nan)[:, None]
    apart = np.array([seen.tags for seen in edited]) - start.tags  # [m, EDITS, k prototypes]
    own, others = _own_and_others(apart, sliders.asked)
    cost, shares = np.array([seen.accuracy for seen in edited]) - start.accuracy, np.array(doses)
    return Response(
        prototypes=sliders.asked, strongest=_strongest(sliders), own=own + there, others=others + there,
        accuracy=cost + there, doses=shares,
        follows=follows(SLIDER[TOWARDS:], shares[:, TOWARDS:]), follows_wide=follows(SLIDER, shares),
        before=float(start.accuracy[0]), faithful=_faithful(sliders, scores, k),
    )  # fmt: skip


def follows(dose: Sequence[float], shares: Values) -> Values:
    """Spearman's correlation of ``dose`` [p] with each row of ``shares`` [m, p], ties sharing ranks; 0 for a still one.

    # [m]
    """
    first = rankdata(np.asarray(dose))
    second = np.atleast_2d(rankdata(shares, axis=1))
    first, second = first - first.mean(), second - second.mean(axis=1, keepdims=True)
    size = np.sqrt((first**2).sum() * (second**2).sum(axis=1))
    return np.asarray(np.divide(second @ first, size, out=np.zeros(len(second)), where=size > 1e-9), np.float64)


def tag_ndcg(carried: BoolArray) -> Values:
    """tag-NDCG of lists, told as which places carry the tag; 1: all of them.  # [..., k] -> [...]"""
    discounts = 1 / np.log2(np.arange(carried.shape[-1]) + 2)
    return np.asarray(carried @ discounts / discounts.sum(), np.float64)


def first_of(scores: FloatArray, k: int) -> IntArray:
    """The k best of each row, best first.  # [p, n] -> [p, k]"""
    k = min(k, scores.shape[1])
    some = np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)
    order = np.argsort(-np.take_along_axis(scores, some, 1), axis=1, kind="stable")
    return np.take_along_axis(some, order, 1)


def dealt(count: int, *, rng: np.random.Generator) -> IntArray:
    """An order in which nothing stays where it was: each goes to the next one in a ring that is drawn by lot."""
    ring = rng.permutation(count)
    order = np.empty(count, np.int64)
    order[ring] = np.roll(ring, 1)
    return order


class _Seen(NamedTuple):
    tags: Values  # [p, k] tag-NDCG of the first places, tag by tag
    accuracy: Values  # [p]


def _seen(sliders: Sliders, scores: FloatArray, k: int) -> _Seen:
    lists = first_of(scores, max(k, PLACES))
    tags = tag_ndcg(sliders.carried[:, lists[:, :k]]).T
    return _Seen(tags, ndcg(lists[:, :PLACES], sliders.held))


def ndcg(lists: IntArray, held: IntArray) -> Values:
    """Of what was held out; nan where nothing was.  # [p, places] -> [p]"""
    if not len(held):
        return np.full(len(lists), np.nan)
    discounts = 1 / np.log2(np.arange(lists.shape[1]) + 2)
    return np.asarray(np.isin(lists, held) @ discounts / discounts[: len(held)].sum(), np.float64)


def _moved(sliders: Sliders, scores: FloatArray, prototype: int, gains: Values) -> FloatArray:
    """All scores with one gain at each of several places.  # [n], [p] -> [p, n]"""
    step = (gains - sliders.gains[prototype]).astype(np.float32)
    return np.asarray(scores[None] + step[:, None] * sliders.columns[prototype][None])


def _shares(sliders: Sliders, scores: FloatArray, prototype: int, k: int) -> Values:
    """The share of a prototype's tag in the first k.  # [p, n] -> [p]"""
    lists = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    return np.asarray(sliders.carried[prototype][lists].mean(axis=1), np.float64)


def _own_and_others(apart: Values, asked: IntArray) -> tuple[Values, Values]:
    """[m, EDITS, k] -> [m, EDITS] for the own tag, and the mean over all other tags that are asked for."""
    known = apart[:, :, asked]
    own = np.stack([known[row, :, row] for row in range(len(asked))])
    others = (known.sum(axis=2) - own) / max(1, len(asked) - 1)
    return own, others


def _strongest(sliders: Sliders) -> BoolArray:
    gains = sliders.gains[sliders.asked]
    places = np.argsort(np.argsort(-gains, kind="stable"), kind="stable")
    return np.asarray((places < STRONGEST) & (gains > 0))


def _faithful(sliders: Sliders, scores: FloatArray, k: int) -> Faithful | None:
    """Whether what gave most to the list is what the list hangs on."""
    counting = np.flatnonzero(sliders.gains)
    if len(counting) < 2:
        return None
    top = first_of(scores[None], k)[0]
    columns = sliders.columns[counting]
    given = sliders.gains[counting] * (columns[:, top].mean(axis=1) - columns.mean(axis=1))
    replaced, moved = zip(*(_without(sliders, scores, int(p), top) for p in counting), strict=True)
    most, spread = int(np.argmax(given)), max(float(scores.std()), 1e-9)
    others = [place for place in range(len(counting)) if place != most]
    return Faithful(
        replaced[most], float(np.mean([replaced[o] for o in others])),
        moved[most] / spread, float(np.mean([moved[o] for o in others])) / spread,
    )  # fmt: skip


def _without(sliders: Sliders, scores: FloatArray, prototype: int, top: IntArray) -> tuple[float, float]:
    """The share of a list that is replaced without a prototype, and how far its scores go, beside all others'."""
    change = sliders.gains[prototype] * sliders.columns[prototype]
    after = first_of((scores - change)[None], len(top))[0]
    return 1 - float(np.isin(top, after).mean()), float(np.abs(change[top] - change.mean()).mean())
