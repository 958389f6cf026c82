"""Benchmarks and evaluations, called by the front ends; nothing of the listener's desk is touched."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from musicdesk.errors import NotFound
from musicdesk.evaluation import bench, cost, similarity
from musicdesk.evaluation.bench import RankBench
from musicdesk.evaluation.cost import CostRow
from musicdesk.evaluation.retrieval import GroupRetrieval
from musicdesk.evaluation.similarity import SimilarityReport
from musicdesk.jobs import Job
from musicdesk.records import Ranking
from musicdesk.settings import Folders

__all__ = ["CostRow", "GroupRetrieval", "Measuring", "RankBench", "SimilarityReport"]


class Measuring:
    """Runs the measures."""

    def __init__(self, *, folders: Folders) -> None:
        self._folders = folders

    def rank(self, *, tracks: int, prototypes: int, variety: float, seed: int = 0) -> RankBench:
        """Time a slider move over a synthetic library."""
        rng = np.random.default_rng(seed)
        return bench.rank(tracks=tracks, prototypes=prototypes, variety=variety, rng=rng)

    def slide(self, *, tracks: int, prototypes: int, variety: float, seed: int = 0) -> Callable[[float], Ranking]:
        """A slider over a synthetic library, for measuring a window that shows its list."""
        rng = np.random.default_rng(seed)
        return bench.slider(tracks=tracks, prototypes=prototypes, variety=variety, rng=rng)

    def analysis(
        self, folder: Path, *, encoder: str, workers: Sequence[int], limit: int | None, job: Job
    ) -> tuple[CostRow, ...]:
        """Time the analysis of a folder."""
        return cost.analysis(
            _existing(folder), encoder=encoder, models=self._folders.models, workers=workers, limit=limit, job=job
        )

    def similarity(
        self, folder: Path, *, encoders: Sequence[str], workers: int, job: Job, seed: int = 0
    ) -> SimilarityReport:
        """Measure encoders by same-album retrieval and copies found again."""
        return similarity.measure(
            _existing(folder),
            encoders,
            models=self._folders.models,
            workers=workers,
            rng=np.random.default_rng(seed),
            job=job,
        )


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.")
    return folder
