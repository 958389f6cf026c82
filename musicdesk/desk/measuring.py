"""Benchmarks and evaluations, called by the front ends; nothing of the listener's desk is touched."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.encoders import registry
from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import bench, cost, duplicates, faults, library_bench, similarity
from musicdesk.evaluation import encoders as comparison
from musicdesk.evaluation.bench import RankBench
from musicdesk.evaluation.cost import CostRow
from musicdesk.evaluation.duplicates import DuplicateReport
from musicdesk.evaluation.encoders import FOLDERS, TAGS, EncoderRow, EncodersReport
from musicdesk.evaluation.faults import FaultReport
from musicdesk.evaluation.library_bench import LibraryBench
from musicdesk.evaluation.retrieval import GroupRetrieval
from musicdesk.evaluation.similarity import SimilarityReport
from musicdesk.jobs import Job
from musicdesk.records import Ranking
from musicdesk.settings import Folders, Settings

if TYPE_CHECKING:
    from musicdesk.desk.desk import Desk

__all__ = [
    "FOLDERS", "TAGS", "CostRow", "DuplicateReport", "EncoderRow", "EncodersReport", "FaultReport", "GroupRetrieval",
    "LibraryBench", "Measuring", "RankBench", "SimilarityReport",
]  # fmt: skip


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
        self, folder: Path, *, encoder: str, workers: Sequence[int], limit: int | None, device: str = "auto", job: Job
    ) -> tuple[CostRow, ...]:
        """Time the analysis of a folder."""
        return cost.analysis(
            _existing(folder), encoder=encoder, models=self._folders.models, workers=workers, limit=limit,
            device=device, job=job,
        )  # fmt: skip

    def library(self, folder: Path, *, tracks: int, encoder: str, job: Job, seed: int = 0) -> LibraryBench:
        """Make a library of so many tracks in the empty ``folder`` and time what is done with it."""
        Settings(encoder=encoder).save(_empty(folder))
        rng = np.random.default_rng(seed)
        return library_bench.library(tracks=tracks, folder=folder, rng=rng, job=job, open_desk=self._open)

    def one_batch(self, folder: Path, *, encoder: str, seed: int = 0) -> Callable[[], int]:
        """What writes a batch of an analysis into the library that ``library`` made."""
        spec, rng = registry.plugin(encoder).spec, np.random.default_rng(seed)
        return lambda: library_bench.add_batch(folder, spec=spec, rng=rng)

    def faults(self, folder: Path, *, count: int, kills: int, workers: int, job: Job, seed: int = 0) -> FaultReport:
        """Run the real program over bad files in the empty ``folder``, killing it again and again."""
        rng = np.random.default_rng(seed)
        return faults.run(_empty(folder), count=count, kills=kills, workers=workers, rng=rng, job=job)

    def similarity(
        self,
        folder: Path,
        *,
        encoders: Sequence[str],
        workers: int,
        job: Job,
        seed: int = 0,
        windows: Sequence[int] = (),
    ) -> SimilarityReport:
        """Measure encoders by same-album retrieval and copies found again, with several numbers of windows."""
        return similarity.measure(
            _existing(folder),
            encoders,
            models=self._folders.models,
            workers=workers,
            rng=np.random.default_rng(seed),
            job=job,
            windows=windows,
        )

    def encoders(
        self,
        folder: Path,
        *,
        encoders: Sequence[str],
        labels: str | Path = TAGS,
        workers: int,
        job: Job,
        seed: int = 0,
    ) -> EncodersReport:
        """Compare encoders by cost, albums, artists, genres and copies; ``labels`` is TAGS, FOLDERS or a table."""
        return comparison.measure(
            _existing(folder),
            encoders,
            models=self._folders.models,
            labels=labels,
            workers=workers,
            rng=np.random.default_rng(seed),
            job=job,
        )

    def duplicates(
        self, folder: Path, *, groups: Path | None, encoder: str, copies: int, workers: int, job: Job, seed: int = 0
    ) -> DuplicateReport:
        """Measure how many recoded copies are found again, and what is taken for a copy and is none."""
        return duplicates.measure(
            _existing(folder),
            groups,
            encoder=encoder,
            models=self._folders.models,
            workers=workers,
            copies=copies,
            rng=np.random.default_rng(seed),
            job=job,
        )

    def _open(self, data: Path) -> "Desk":
        from musicdesk.desk.desk import Desk  # which is made of this, among others

        return Desk(Folders(data=data, models=self._folders.models, cache=self._folders.cache))


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.")
    return folder


def _empty(folder: Path) -> Path:
    if folder.exists() and any(folder.iterdir()):
        raise BadRequest(f"{folder} is not empty. Name a new folder.")
    return folder
