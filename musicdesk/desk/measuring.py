"""Benchmarks and evaluations, called by the front ends; nothing of the listener's desk is touched."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from musicdesk.desk import measured_control, measured_listening, measured_semantic
from musicdesk.desk.measured_mood import MoodMeasuring
from musicdesk.encoders import registry
from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import (
    bench,
    cnn,
    cost,
    duplicates,
    faults,
    genre_listeners,
    library_bench,
    personal,
    prototype_cold,
    prototypes_report,
    recommender_bench,
    similarity,
)
from musicdesk.evaluation import encoders as comparison
from musicdesk.evaluation import recommenders as recommender_comparison
from musicdesk.evaluation.bench import RankBench
from musicdesk.evaluation.control_report import ControlReport, ControlRow
from musicdesk.evaluation.cost import CostRow
from musicdesk.evaluation.duplicates import DuplicateReport
from musicdesk.evaluation.encoders import FOLDERS, TAGS, EncoderRow, EncodersReport
from musicdesk.evaluation.faults import FaultReport
from musicdesk.evaluation.genre_claims import Claim
from musicdesk.evaluation.genre_listeners import ListenersReport as GenreListenersReport
from musicdesk.evaluation.genre_listeners import Point
from musicdesk.evaluation.genre_ways import Trial as ListenersTrial
from musicdesk.evaluation.library_bench import LibraryBench
from musicdesk.evaluation.listening_data import ListeningData
from musicdesk.evaluation.personal import PersonalReport, PersonalRow
from musicdesk.evaluation.personal_library import AUTO, WORDS, genre_library
from musicdesk.evaluation.prototype_cold import ColdPlan, ColdReport, ColdRow
from musicdesk.evaluation.prototype_network import FRESH, NetworkPlan
from musicdesk.evaluation.prototypes_report import PrototypesReport, PrototypesRow
from musicdesk.evaluation.recommender_bench import RecommendersBench
from musicdesk.evaluation.recommender_cost import RecommenderCost
from musicdesk.evaluation.recommenders import Plan, RecommenderRow, RecommendersReport
from musicdesk.evaluation.resampling import Difference
from musicdesk.evaluation.retrieval import GroupRetrieval
from musicdesk.evaluation.similarity import SimilarityReport
from musicdesk.evaluation.simulated_listeners import Population
from musicdesk.evaluation.splits import Protocol
from musicdesk.evaluation.strong_generalisation import StrongProtocol
from musicdesk.jobs import Job
from musicdesk.records import Ranking
from musicdesk.settings import Folders, Settings
from musicdesk.store.database import FILE, Database
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

if TYPE_CHECKING:
    from musicdesk.desk.desk import Desk

__all__ = [
    "AUTO", "FOLDERS", "TAGS", "WORDS", "Claim", "ColdReport", "ColdRow", "ControlReport", "ControlRow", "CostRow",
    "Difference", "DuplicateReport", "EncoderRow", "EncodersReport", "FaultReport", "GenreListenersReport",
    "GroupRetrieval", "LibraryBench", "ListenersTrial", "Measuring", "NetworkPlan", "PersonalReport", "PersonalRow",
    "Plan", "Point", "Protocol", "PrototypesReport", "PrototypesRow", "RankBench", "RecommenderCost", "RecommenderRow",
    "RecommendersBench", "RecommendersReport", "SimilarityReport",
]  # fmt: skip


class Measuring:
    """Runs the measures."""

    def __init__(self, *, folders: Folders) -> None:
        self._folders = folders
        self.mood = MoodMeasuring(folders=folders, open_desk=self._open)
        self.semantic = measured_semantic.SemanticMeasuring(folders=folders, open_desk=self._open)

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
        self, folder: Path, *, encoders: Sequence[str], labels: str | Path = TAGS, workers: int, job: Job,
        seed: int = 0,
    ) -> EncodersReport:  # fmt: skip
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

    def recommender_cost(
        self, *, users: int, items: int, methods: Sequence[str] = (), memory_mb: float, cpu_s: float, job: Job,
        seed: int = 0,
    ) -> RecommendersBench:  # fmt: skip
        """Time and memory of recommenders on made-up logs of three sizes, each in a process of its own."""
        limits = recommender_bench.Limits(memory_mb=memory_mb, cpu_s=cpu_s)
        return recommender_bench.recommenders(
            users=users, items=items, methods=methods, limits=limits, seed=seed, job=job
        )  # fmt: skip

    def personal(
        self,
        folder: Path | None,
        *,
        encoder: str | None,
        labels: str | Path = AUTO,
        likes: int,
        k: int,
        listeners: int,
        genres: Sequence[int],
        methods: Sequence[str] = (),
        job: Job,
        seed: int = 0,
    ) -> PersonalReport:
        """Simulated listeners with a few likes in one or several genres of an analysed library.

        ``folder`` is a data folder, or a folder of music, which is analysed for this alone; None: this desk's library.
        """
        with self._data_of(folder, encoder, job=job) as data:
            with self._open(data) as desk:
                key = desk.modelling.spec(encoder).key
            with Database.open(data, read_only=True) as database:
                vectors, tracks = VectorStore(database).load(key), TrackStore(database).all().by_hash
                library = genre_library(vectors, tracks, labels)
        return personal.measure(
            library, likes=likes, k=k, listeners=listeners, genres=genres, methods=methods, seed=seed, job=job
        )  # fmt: skip

    def recommenders(
        self, data: Path | None, plan: Plan, *, vectors: Path | None = None, encoder: str | None = None,
        out: Path | None = None, job: Job,
    ) -> RecommendersReport:  # fmt: skip
        """Compare recommenders on a log with some of it hidden.

        ``data`` is the folder of HetRec Last.fm, a table of listens (``vectors``: a file with theirs), or a data folder
        with the listeners of its desk; None: those of this desk. ``out`` keeps what is measured, so that it can go on.
        """
        if data is None or (data / FILE).is_file():
            listening = self._listeners_of(data or self._folders.data, encoder)
        else:
            listening = measured_listening.from_files(data, vectors=vectors, encoder=encoder)
        return recommender_comparison.measure(listening, plan, out=out, job=job)

    def network_plan(
        self,
        *,
        methods: Sequence[str] = (),
        ablations: bool,
        splits: int,
        prototypes: int,
        every_tag: bool = False,
        tune: bool,
        seed: int = FRESH,
    ) -> NetworkPlan:
        """What ``prototypes`` shall measure; raises BadRequest, or NotFound for a method that nobody knows."""
        return NetworkPlan(
            methods=tuple(methods), ablations=ablations, splits=splits, prototypes=prototypes, every_tag=every_tag,
            tune=tune, seed=seed, protocol=StrongProtocol(seed=seed),
        )  # fmt: skip

    def prototypes(
        self, folder: Path, plan: NetworkPlan, *, out: Path | None = None, plot: Path | None = None, job: Job
    ) -> PrototypesReport:
        """The prototypical network beside black boxes, on listeners of HetRec Last.fm whom none of them has met."""
        told = prototypes_report.measure(_existing(folder), plan, out=out, job=job)
        if plot is not None:
            prototypes_report.draw_chart(told, plot)
        return told

    def prototypes_cold(
        self, folder: Path, *, methods: Sequence[str] = (), splits: int = 3, prototypes: int = 60,
        every_tag: bool = False, encoder: str = "", out: Path | None = None, job: Job,
    ) -> ColdReport:  # fmt: skip
        """The prototypical network on artists of HetRec Last.fm whom nobody has heard, beside what goes by sound.

        ``methods``: none means all; raises BadRequest for one that cannot say anything of them.
        """
        plan = ColdPlan(
            methods=tuple(methods) or ColdPlan().methods, seeds=tuple(range(splits)), prototypes=prototypes,
            every_tag=every_tag, encoder=encoder,
        )  # fmt: skip
        return prototype_cold.measure(_existing(folder), plan, out=out, job=job)

    def control(
        self, folder: Path | None, *, encoder: str | None = None, witness: str | None = None,
        labels: str | Path = AUTO, plot: Path | None = None, job: Job, **numbers: Any,
    ) -> ControlReport:  # fmt: skip
        """Whether sliders do what they say: for listeners of HetRec Last.fm, or in a library (see ``personal``).

        ``numbers`` are those of ``measured_control.Numbers``.
        """
        many = measured_control.Numbers(**numbers)
        if folder is not None and measured_control.is_log(_existing(folder)):
            told = measured_control.by_log(folder, many, job=job)
        else:
            with self._data_of(folder, encoder, job=job) as data:
                with self._open(data) as desk:
                    keys = desk.modelling.spec(encoder).key, desk.modelling.spec(witness or encoder).key
                library = measured_control.library(data, *keys, labels=labels)
            told = measured_control.by_library(library, many, data=str(folder or ""), job=job)
        if plot is not None:
            measured_control.draw_chart(told, plot)
        return told

    def _listeners_of(self, data: Path, encoder: str | None) -> ListeningData:
        with self._open(data) as desk:
            key, heard = desk.modelling.spec(encoder).key, desk.listeners.log()
        with Database.open(data, read_only=True) as database:
            vectors, tracks = VectorStore(database).load(key), TrackStore(database).all().by_hash
            return measured_listening.from_desk(str(data), heard, vectors, tracks)

    @contextmanager
    def _data_of(self, folder: Path | None, encoder: str | None, *, job: Job) -> Iterator[Path]:
        """The data folder of a library, made for the time being if ``folder`` holds nothing but music."""
        if folder is None or (_existing(folder) / FILE).is_file():
            yield folder or self._folders.data
            return
        with TemporaryDirectory(prefix="musicdesk-personal-") as place:
            data = Path(place)
            with self._open(self._folders.data) as desk:
                Settings(encoder=encoder or desk.modelling.encoder()).save(data)
            with self._open(data) as desk:
                desk.indexing.scan([str(folder)], job=job)
                desk.indexing.analyze(quick=False, job=job)
            yield data

    def listeners_trial(
        self, *, listeners: int, heard: int, stray: float, whims: float, places: int, seed: int = 0
    ) -> ListenersTrial:
        """Whom to make up for ``genre_listeners``; raises BadRequest for what cannot be."""
        population = Population(listeners=listeners, heard=heard, stray=stray, whims=whims)
        return ListenersTrial(population, places=places, seed=seed)

    def genre_listeners(
        self, folder: Path, *, trial: ListenersTrial, variant: str | None = None, width: float = 0.5, epochs: int = 30,
        out: Path | None = None, workers: int = 1, device: str = "cpu", plot: Path | None = None, job: Job,
    ) -> GenreListenersReport:  # fmt: skip
        """The CNN paper's two recommenders for made-up listeners of a folder of genres.

        The class vectors are those of the paper's network, or of a ``variant`` of it; folds that ``Training.compare``
        left in ``out`` are used again.
        """
        named = () if variant is None else (variant,)
        (network,) = cnn.methods(
            cnn.paper(width=width, epochs=epochs), activations=() if named else ("elu",), optimisers=("adam",),
            variants=named, control=False,
        )  # fmt: skip
        report = genre_listeners.measure(
            folder, network, trial=trial, out=out or self._folders.cache / "cnn", models=self._folders.models,
            workers=workers, device=device, job=job,
        )  # fmt: skip
        if plot is not None:
            genre_listeners.draw_chart(report, plot)
        return report

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
