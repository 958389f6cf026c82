"""Does the space hear music, or file formats? Same-album retrieval and copies found again, on a folder of real music.

All is measured on excerpts in one format (see ``excerpts``), with several numbers of windows a track, and two controls
stand beside each encoder: albums shuffled over the tracks, and the file format alone. An album is a folder.
``encoders`` compares all encoders by more measures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musicdesk.encoders import registry
from musicdesk.encoders.analysing import Plan
from musicdesk.encoders.pooling import Standardiser
from musicdesk.encoders.zoo import weights
from musicdesk.evaluation.excerpts import (
    Encoding,
    Excerpt,
    copied,
    enough_music_in,
    excerpts_of,
    format_similarity,
    standardised,
)
from musicdesk.evaluation.metrics import k_occurrence_skew
from musicdesk.evaluation.retrieval import GroupRetrieval, cosine, ranks_of_originals, same_group_map
from musicdesk.jobs import Job


@dataclass(frozen=True, slots=True)
class EncoderRow:
    """What one encoder reaches with so many windows a track."""

    encoder: str
    windows: int
    cpu_s: float
    """CPU seconds to analyse a recoded excerpt."""
    album: GroupRetrieval
    mp3_found: int
    """Copies recoded to MP3 whose original is at rank 1."""
    quieter_found: int
    """Copies 8 dB quieter whose original is at rank 1."""
    copies: int
    hubness: float
    """Skewness of the 10-occurrences."""


@dataclass(frozen=True, slots=True)
class SimilarityReport:
    """All encoders beside their controls."""

    tracks: int
    albums: int
    rows: tuple[EncoderRow, ...]
    format_only: GroupRetrieval
    """Albums found by codec, sample rate, channels and bit rate of the files as they are."""


def measure(
    folder: Path,
    encoders: Sequence[str],
    *,
    models: Path,
    workers: int,
    rng: np.random.Generator,
    job: Job,
    windows: Sequence[int] = (),
) -> SimilarityReport:
    """Measure every encoder on the music in ``folder``; raises NothingYet for a folder without albums.

    ``windows`` are numbers of windows a track to compare; empty: as many as each encoder wants.
    """
    plugins = {name: registry.plugin(name, models) for name in encoders}
    for plugin in plugins.values():
        weights.verify(plugin, models)
    with excerpts_of(enough_music_in(folder), every_plain=True, job=job) as excerpts:
        rows = tuple(
            _row(Plan(name, models, workers, windows=count), excerpts, rng=rng, job=job)
            for name, plugin in plugins.items()
            for count in windows or (plugin.spec.windows,)
        )
    albums = [e.folder for e in excerpts]
    format_only = same_group_map(format_similarity(excerpts), albums, rng=rng)
    return SimilarityReport(len(excerpts), len(set(albums)), rows, format_only)


def _row(plan: Plan, excerpts: Sequence[Excerpt], *, rng: np.random.Generator, job: Job) -> EncoderRow:
    with Encoding(plan, job=job) as encode:
        recoded = encode([e.recoded for e in excerpts])
        cpu_s = encode.cpu_s
        plain = encode([e.plain for e in excerpts])
        kept = [e for e in excerpts if e.recoded in recoded and e.plain in plain]
        quieter = encode([e.quieter for e in copied(kept)])
    space = standardised([recoded[e.recoded] for e in kept])
    scaler = Standardiser.fit(np.stack([plain[e.plain] for e in kept]))
    library = scaler.apply(np.stack([plain[e.plain] for e in kept]))
    places = np.array([kept.index(e) for e in copied(kept) if e.quieter in quieter], dtype=np.int64)
    mp3 = scaler.apply(np.stack([recoded[kept[i].recoded] for i in places]))
    quiet = scaler.apply(np.stack([quieter[kept[i].quieter] for i in places]))
    return EncoderRow(
        encoder=plan.encoder,
        windows=plan.windows or encode.spec.windows,
        cpu_s=cpu_s,
        album=same_group_map(cosine(space), [e.folder for e in kept], rng=rng),
        mp3_found=int((ranks_of_originals(mp3, library, places) == 1).sum()),
        quieter_found=int((ranks_of_originals(quiet, library, places) == 1).sum()),
        copies=len(places),
        hubness=k_occurrence_skew(cosine(space)),
    )
