"""What the comparison of the prototypical network with black boxes says: means, intervals, differences, shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musicdesk import charts
from musicdesk.evaluation import prototype_network, resampling
from musicdesk.evaluation.prototype_network import CHANCE, NETWORK, NetworkPlan, Row, Trial
from musicdesk.evaluation.recommender_trial import stream
from musicdesk.evaluation.resampling import Difference, Values
from musicdesk.evaluation.strong_generalisation import METRICS, StrongSplit
from musicdesk.jobs import Job
from musicdesk.records import Measure


@dataclass(frozen=True, slots=True)
class PrototypesRow:
    """One method or variant."""

    method: str
    variant: str
    measures: Mapping[str, Measure]
    """METRICS; intervals over the listeners who were asked."""
    against: Mapping[str, Difference]
    """METRICS less those of the network itself, for the same listeners; empty for the network."""
    share: float
    """NDCG@100 as a share of the best black box's."""
    agreement: float | None
    """Network: mean rank correlation between the profile and the tags of what is known of a listener."""
    fit_s: float
    """CPU seconds to learn, a split."""

    @property
    def name(self) -> str:
        """Method and variant."""
        return f"{self.method}, {self.variant}" if self.variant else self.method


@dataclass(frozen=True, slots=True)
class PrototypesReport:
    """All rows, the best of the black boxes, and what they were measured on."""

    data: str
    plan: NetworkPlan
    listeners: int
    """Who was learned from, mean over splits."""
    asked: int
    """Who was asked in the end, over all splits; nobody twice."""
    candidates: int
    prototypes: tuple[str, ...]
    best: str
    """The black box with the highest NDCG@100; "" if none was measured."""
    rows: tuple[PrototypesRow, ...]
    notes: tuple[str, ...] = ()


def measure(folder: Path, plan: NetworkPlan, *, out: Path | None = None, job: Job) -> PrototypesReport:
    """Measure the rows of the plan on HetRec Last.fm in ``folder``; ``out`` keeps outcomes, so that it can go on.

    Raises NotFound for another folder or an unknown method, BadRequest for data that cannot be read.
    """
    artists = prototype_network.load(folder, prototypes=plan.prototypes, every_tag=plan.every_tag)
    found, splits, notes = prototype_network.trials(artists, plan, out=out, job=job)
    return report(str(folder), plan, artists.names, found, splits, notes)


def report(
    data: str, plan: NetworkPlan, names: tuple[str, ...], found: Mapping[Row, Sequence[Trial]],
    splits: Sequence[StrongSplit], notes: tuple[str, ...],
) -> PrototypesReport:  # fmt: skip
    """Put the trials together."""
    ndcg = METRICS.index("ndcg@100")
    level = {row: float(_values(trials)[:, ndcg].mean()) for row, trials in found.items()}
    boxes = [row for row in found if row.method not in (NETWORK, CHANCE)]
    best = max(boxes, key=lambda row: level[row], default=None)
    rows = [_row(row, found, splits, level[row] / level[best] if best else float("nan")) for row in found]
    return PrototypesReport(
        data=data, plan=plan,
        listeners=round(float(np.mean([len(part.train.listeners) for part in splits]))),
        asked=sum(len(part.test.users) for part in splits),
        candidates=round(float(np.mean([part.candidates.sum() for part in splits]))),
        prototypes=names, best=str(best) if best else "", rows=tuple(rows), notes=notes,
    )  # fmt: skip


def draw_chart(told: PrototypesReport, path: Path) -> None:
    """Bars of all measures with their intervals, the best first; .png or .svg."""
    rows = sorted((row for row in told.rows if row.method != CHANCE), key=lambda row: -row.measures["ndcg@100"].mean)
    chance = {name: one.mean for row in told.rows if row.method == CHANCE for name, one in row.measures.items()}
    bars = [
        charts.Panel(
            name, "95 % interval over listeners", tuple((row.name, row.measures[name]) for row in rows), chance[name]
        )
        for name in METRICS
    ]
    charts.panels(path, bars)


def _row(row: Row, found: Mapping[Row, Sequence[Trial]], splits: Sequence[StrongSplit], share: float) -> PrototypesRow:
    values, units = _values(found[row]), np.concatenate([part.test.users for part in splits])
    told = resampling.means(values, units, rng=stream(0, 6))
    measures = {name: measure for name, measure in zip(METRICS, told, strict=True) if measure is not None}
    ours = Row(NETWORK)
    against: dict[str, Difference] = {}
    if ours in found and row != ours:
        apart = resampling.differences(values, _values(found[ours]), units, rng=stream(0, 7))
        against = {name: one for name, one in zip(METRICS, apart, strict=True) if one is not None}
    agreement = float(np.mean([trial.agreement for trial in found[row]]))
    fit_s = float(np.mean([trial.fit_s for trial in found[row]]))
    return PrototypesRow(
        row.method, row.variant, measures, against, share, None if np.isnan(agreement) else agreement, fit_s
    )  # fmt: skip


def _values(trials: Sequence[Trial]) -> Values:
    return np.concatenate([trial.values for trial in trials])
