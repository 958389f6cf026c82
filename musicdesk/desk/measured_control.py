"""What the sliders are measured on: listeners of HetRec Last.fm, or a library that is analysed."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from musicdesk.desk.workbench import genres
from musicdesk.errors import NothingYet
from musicdesk.evaluation import control_lastfm, control_library, tagged_artists
from musicdesk.evaluation.control_lastfm import ControlPlan
from musicdesk.evaluation.control_library import ControlLibrary, LibraryPlan
from musicdesk.evaluation.control_report import ControlReport, draw_chart
from musicdesk.evaluation.personal_library import genre_library
from musicdesk.jobs import Job
from musicdesk.prototypes.belief import centres, sharing
from musicdesk.prototypes.listeners import Seams
from musicdesk.ranking.shelf import shelf
from musicdesk.records import EncoderKey, Vectors
from musicdesk.store.database import Database
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

__all__ = ["Numbers", "by_library", "by_log", "draw_chart", "is_log", "library"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """How much is measured; those that a kind of data does not know are left out of it."""

    prototypes: int = 60
    every_tag: bool = False
    listeners: int | None = None
    """None: 120 of a log, 60 of a library."""
    carriers: int = 100
    likes: int = 5
    k: int = 20
    seed: int = 0


def is_log(folder: Path) -> bool:
    """Whether ``folder`` is that of HetRec Last.fm with its tags."""
    return tagged_artists.is_here(folder)


def by_log(folder: Path, numbers: Numbers, *, job: Job) -> ControlReport:
    """The network's sliders, for listeners whom it has not met."""
    plan = ControlPlan(
        prototypes=numbers.prototypes, every_tag=numbers.every_tag, carriers=numbers.carriers, k=numbers.k,
        seed=numbers.seed,
    )  # fmt: skip
    if numbers.listeners is not None:
        plan = replace(plan, listeners=numbers.listeners)
    return control_lastfm.measure(folder, plan, job=job)


def by_library(shown: ControlLibrary, numbers: Numbers, *, data: str, job: Job) -> ControlReport:
    """The sliders of simulated listeners' tastes."""
    plan = LibraryPlan(likes=numbers.likes, k=numbers.k, seed=numbers.seed)
    if numbers.listeners is not None:
        plan = replace(plan, listeners=numbers.listeners)
    return control_library.measure(shown, plan, data=data, job=job)


def library(data: Path, key: EncoderKey, witness: EncoderKey, *, labels: str | Path) -> ControlLibrary:
    """The analysed library in the data folder ``data``; raises as ``genre_library``, NothingYet without a witness."""
    with Database.open(data, read_only=True) as database:
        stored, tracks = VectorStore(database), TrackStore(database).all()
        vectors = stored.load(key)
        told = genre_library(vectors, tracks.by_hash, labels)
        hears = vectors if witness == key else _aligned(stored.load(witness), vectors, witness)
        placed = shelf(vectors, told.space, tracks)
        words = vectors.tags if vectors.tags.shape[1] else sharing(told.space, centres(told.space))
        seams = Seams(placed.artist_ids.astype(np.int64), placed.album_ids.astype(np.int64), words)
        return ControlLibrary(told, genres(tracks, vectors.hashes), hears, seams)


def _aligned(witness: Vectors, vectors: Vectors, key: EncoderKey) -> Vectors:
    """What the witness heard, in the order of ``vectors``."""
    rows = {sound: row for row, sound in enumerate(witness.hashes)}
    missing = sum(sound not in rows for sound in vectors.hashes)
    if missing:
        raise NothingYet(
            f"{key.name} has not heard {missing} of these {len(vectors)} sounds, so it is no witness yet. "
            f"Run: musicdesk analyze --encoder {key.name}"
        )
    order = np.array([rows[sound] for sound in vectors.hashes], np.int64)
    return replace(
        witness, hashes=vectors.hashes, matrix=witness.matrix[order], tags=witness.tags[order],
        typical_s=witness.typical_s[order],
    )  # fmt: skip
