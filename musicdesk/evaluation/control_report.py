"""What the measures of control say, way by way: means, medians and intervals over listeners, and a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from musicdesk import charts
from musicdesk.evaluation import resampling
from musicdesk.evaluation.control import EDITS, SLIDER, Faithful, Response
from musicdesk.evaluation.control_belief import Believed
from musicdesk.evaluation.resampling import Values
from musicdesk.recommend.log import BoolArray
from musicdesk.records import IntArray, Measure

ALL, STRONGEST = "all", "strongest"
AIM = 0.9
"""What the median rank correlation of slider and share is to reach."""
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did; after less before."""

    own: Measure
    """tag-NDCG of the prototype's own tag."""
    others: Measure
    """Mean over all other tags."""
    accuracy: Measure | None
    """NDCG@100 of what was held out; None where nothing was."""


@dataclass(frozen=True, slots=True)
class ControlRow:
    """One way to score, with all its sliders or with those of each listener's strongest prototypes."""

    way: str
    witness: str
    """What tells which items carry a tag."""
    scope: str
    """ALL or STRONGEST."""
    pairs: int
    """Listeners times prototypes."""
    edits: Mapping[str, Edited]
    """EDITS, of the prototypes that have a gain; empty where none has."""
    follows: Measure
    """Median rank correlation of slider (0 to 2) and share."""
    follows_wide: Measure
    """The same from -1 to 2."""
    aim: Measure
    """Share of the sliders that reach AIM."""
    still: Measure
    """Share of the sliders, 0 to 2, that do not move the tag's share at all; they count as 0 above."""
    doses: tuple[Measure, ...]
    """Share of the tag in the first k at each place of SLIDER."""
    accuracy: Measure | None
    """NDCG@100 of what was held out, before any edit."""
    faithful: Mapping[str, Measure] = field(default_factory=dict)
    """The fields of ``control.Faithful``, and the share of listeners with whom the top one moves more than others."""


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag under the first way."""

    name: str
    carriers: int
    removed: float
    """Change of its tag-NDCG, mean."""
    follows: float
    """Median rank correlation of slider (0 to 2) and share."""
    doses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class NamingRow:
    """A word or name that strong labels can judge."""

    name: str
    label: str
    precision: float
    """Share of the label among the nearest tracks that have one."""
    base: float
    """Share of the label among all tracks that have one."""


@dataclass(frozen=True, slots=True)
class Stability:
    """How alike the banks of several seeds are, in pairs."""

    seeds: int
    cosine: Measure
    """Of matched prototypes that are awake, mean."""
    same_name: Measure
    """Share of matched ones with one name."""
    same_count: Measure
    """Share of pairs with as many prototypes."""
    same_list: Measure
    """Share of the first k that two seeds have in common."""


@dataclass(frozen=True, slots=True)
class ControlReport:
    """All ways, and what they were measured on."""

    data: str
    kind: str
    """"lastfm" or "library"."""
    k: int
    listeners: int
    candidates: int
    prototypes: int
    rows: tuple[ControlRow, ...]
    tags: tuple[TagRow, ...] = ()
    naming: tuple[NamingRow, ...] = ()
    named: Measure | None = None
    """Precision of all words that labels can judge; over words."""
    named_groups: Measure | None = None
    """The same of the names of what is liked; over listeners."""
    heard: Measure | None = None
    """Mean agreement of what words lead to, as a percentile of the library; over words."""
    stability: Stability | None = None
    believed: Believed | None = None
    """Library: how sure the network's gains are."""
    notes: tuple[str, ...] = ()
    slider: tuple[float, ...] = SLIDER
    """Where the sliders stood."""


def rows(way: str, witness: str, told: Sequence[Response], *, seed: int) -> tuple[ControlRow, ...]:
    """The two rows of a way: all sliders, and each listener's strongest. Nothing where no slider could be moved."""
    found = []
    for scope in (ALL, STRONGEST):
        chosen = [np.ones(len(r.strongest), bool) if scope == ALL else r.strongest for r in told]
        units = np.repeat(np.arange(len(told)), [int(c.sum()) for c in chosen])
        if len(units):
            found.append(_row(way, witness, scope, told, chosen, units, seed))
    return tuple(found)


def tag_rows(names: Sequence[str], carriers: Sequence[int], told: Sequence[Response]) -> tuple[TagRow, ...]:
    """One row a tag that was asked for, over all listeners."""
    prototypes = np.concatenate([r.prototypes for r in told])
    removed = np.concatenate([r.own[:, list(EDITS).index("removed")] for r in told])
    moved, doses = np.concatenate([r.follows for r in told]), np.concatenate([r.doses for r in told])
    return tuple(
        TagRow(
            names[p], int(carriers[p]), float(np.nanmean(removed[of])), float(np.median(moved[of])),
            tuple(doses[of].mean(axis=0).tolist()),
        )
        for p in np.unique(prototypes).tolist() if (of := prototypes == p).any()
    )  # fmt: skip


def median(values: Values, units: IntArray, *, rng: np.random.Generator) -> Measure:
    """The median of ``values`` [n] with its 95 % percentile interval, drawing ``units`` [n] with replacement."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    codes = np.unique(units, return_inverse=True)[1].reshape(-1)
    count = int(codes.max()) + 1
    drawn = []
    for _ in range(DRAWS):
        weights = np.cumsum(np.bincount(rng.integers(count, size=count), minlength=count)[codes[order]])
        drawn.append(ordered[np.searchsorted(weights, weights[-1] / 2)])
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Measure(float(np.median(values)), float(low), float(high), count)


def draw_chart(told: ControlReport, path: Path) -> None:
    """The dose-response curves of all ways with their intervals, all sliders and the strongest; .png or .svg."""
    sets = []
    for scope in dict.fromkeys(row.scope for row in told.rows):
        of = [row for row in told.rows if row.scope == scope]
        many = len({row.witness for row in of}) > 1
        named = {f"{row.way}, by {row.witness}" if many else row.way: row for row in of}
        sets.append(charts.Curves(
            "All prototypes" if scope == ALL else "Each listener's strongest", "slider (gain)",
            f"share of the tag in the first {told.k}",
            {name: [(x, m.mean) for x, m in zip(SLIDER, row.doses, strict=True)] for name, row in named.items()},
            {name: [(m.low, m.high) for m in row.doses] for name, row in named.items()},
        ))  # fmt: skip
    charts.curves(path, sets)


def _row(
    way: str,
    witness: str,
    scope: str,
    told: Sequence[Response],
    chosen: Sequence[BoolArray],
    units: IntArray,
    seed: int,
) -> ControlRow:
    rng = np.random.default_rng([seed, 11])
    moved, wide, doses = (
        np.concatenate([getattr(r, name)[c] for r, c in zip(told, chosen, strict=True)])
        for name in ("follows", "follows_wide", "doses")
    )
    still = np.ptp(doses[:, SLIDER.index(0.0) :], axis=1) == 0
    shares = np.column_stack([moved >= AIM - 1e-9, still, doses]).astype(np.float64)
    aim, unmoved, *curve = _sure(resampling.means(shares, units, rng=rng))
    before = np.array([[r.before] for r in told])
    return ControlRow(
        way=way, witness=witness, scope=scope, pairs=len(units),
        edits=_edits(told, chosen, units, rng),
        follows=median(moved, units, rng=rng), follows_wide=median(wide, units, rng=rng), aim=aim, still=unmoved,
        doses=tuple(curve), accuracy=resampling.means(before, np.arange(len(told)), rng=rng)[0],
        faithful=_faithful([r.faithful for r in told if r.faithful], rng) if scope == ALL else {},
    )  # fmt: skip


def _edits(
    told: Sequence[Response], chosen: Sequence[BoolArray], units: IntArray, rng: np.random.Generator
) -> dict[str, Edited]:
    found = {}
    for number, name in enumerate(EDITS):
        columns = [
            np.concatenate([getattr(r, what)[c][:, number] for r, c in zip(told, chosen, strict=True)])
            for what in ("own", "others", "accuracy")
        ]
        own, others, accuracy = resampling.means(np.column_stack(columns), units, rng=rng)
        if own is not None and others is not None:
            found[name] = Edited(own, others, accuracy)
    return found


def _faithful(told: Sequence[Faithful], rng: np.random.Generator) -> dict[str, Measure]:
    if not told:
        return {}
    values = np.array(told)
    more = values[:, Faithful._fields.index("moved_by_top")] > values[:, Faithful._fields.index("moved_by_other")]
    names = (*Faithful._fields, "top_moves_more")
    measures = _sure(resampling.means(np.column_stack([values, more]), np.arange(len(values)), rng=rng))
    return dict(zip(names, measures, strict=True))


def _sure(measures: Sequence[Measure | None]) -> list[Measure]:
    return [measure for measure in measures if measure is not None]
