"""Every encoder on one folder of music: what it costs, and whether its space knows albums, artists, genres and copies.

All of them hear the same excerpts in one format (see ``excerpts``), with as many windows a track as each wants, and are
compared in the standardised space that the program ranks in. Two controls stand in the same table and go the same way:
the format of the files alone, and vectors dealt out anew over the tracks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musicdesk.encoders import registry
from musicdesk.encoders.analysing import Plan
from musicdesk.encoders.convnet import labels as cnn_labels
from musicdesk.encoders.convnet.labels import Labelled, artist_of
from musicdesk.encoders.pooling import Standardiser
from musicdesk.encoders.zoo import weights
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation.emotify import emotions_of
from musicdesk.evaluation.excerpts import Encoding, Excerpt, enough_music_in, excerpts_of, format_similarity
from musicdesk.evaluation.metrics import bootstrap, k_occurrence_skew, mean_correlation
from musicdesk.evaluation.retrieval import (
    GroupRetrieval,
    averaged_over_neighbours,
    cosine,
    ranks_of_originals,
    same_group_map,
    told_by_neighbours,
)  # fmt: skip
from musicdesk.jobs import Job
from musicdesk.library.tags import read_tags
from musicdesk.mood.axes import GEMS
from musicdesk.records import FloatArray, IntArray, Measure, Track

NEIGHBOURS = 5
"""How many tracks of other artists tell a track's genre."""
MOOD_NEIGHBOURS = 20
"""How many of them tell what people feel: a share that single answers make noisy."""
TAGS, FOLDERS = "genre-tags", "folders"
"""Where labels come from, unless a table is named."""
FORMAT_ALONE, SHUFFLED = "file format alone", "shuffled"


@dataclass(frozen=True, slots=True)
class Quality:
    """What a space knows of the music; None where the library cannot tell."""

    hubness: float
    """Skewness of the 10-occurrences."""
    album: GroupRetrieval | None = None
    artist: GroupRetrieval | None = None
    artist_elsewhere: GroupRetrieval | None = None
    """The same artist on other albums, without those of the same album."""
    genre: Measure | None = None
    """Share of labelled tracks whose genre most of the nearest by other artists have; ``n`` counts artists."""
    mood: Measure | None = None
    """Pearson's r between what people felt and what they felt at the nearest by other artists, mean over emotions."""


@dataclass(frozen=True, slots=True)
class Copies:
    """How many copies find their original before all others."""

    of: int
    recoded: int
    """Between uncompressed and MP3 at 96 kbit/s."""
    quieter: int
    """And 8 dB quieter at that."""


@dataclass(frozen=True, slots=True)
class EncoderRow:
    """One encoder, or one control."""

    name: str
    quality: Quality
    copies: Copies | None = None
    dim: int = 0
    windows: int = 0
    cpu_s: float = 0.0
    """CPU seconds to analyse an excerpt, decoding included."""
    peak_mb: float = 0.0
    """The most memory that one of its processes held (resident, MiB)."""


@dataclass(frozen=True, slots=True)
class EncodersReport:
    """All encoders beside their controls."""

    tracks: int
    albums: int
    artists: int
    genres: tuple[str, ...]
    labelled: int
    """Tracks with one of these genres."""
    majority: Measure | None
    """What always naming the most frequent genre would reach."""
    rows: tuple[EncoderRow, ...]
    controls: tuple[EncoderRow, ...]
    notes: tuple[str, ...] = ()
    """Sentences: what could not be measured here, and why."""


@dataclass(frozen=True, slots=True, eq=False)
class _Knowledge:
    """What is known of every track beforehand; "" where nothing is. All are in the order of the tracks."""

    albums: tuple[str, ...]
    artists: tuple[str, ...]
    """As tagged."""
    genres: tuple[str, ...]
    makers: tuple[str, ...]
    """Who must not tell a track's genre: its artist, or its folder's tracks where none is tagged."""
    emotions: FloatArray  # [n, 9]; NaN where nothing is known

    def of(self, rows: IntArray) -> "_Knowledge":
        """What is known of some of the tracks."""
        albums, artists, genres, makers = (
            tuple(part[row] for row in rows.tolist()) for part in (self.albums, self.artists, self.genres, self.makers)
        )
        return _Knowledge(albums, artists, genres, makers, self.emotions[rows])


@dataclass(frozen=True, slots=True, eq=False)
class _Space:
    """What an encoder made of the tracks it could hear."""

    rows: IntArray  # [n] which tracks
    vectors: FloatArray  # [n, dim] of the recoded excerpts, unit rows of the standardised space
    originals: IntArray  # [m] rows of ``vectors`` that have copies
    plain: FloatArray  # [m, dim]
    quieter: FloatArray  # [m, dim]


def measure(
    folder: Path,
    encoders: Sequence[str],
    *,
    models: Path,
    labels: str | Path = TAGS,
    workers: int,
    rng: np.random.Generator,
    job: Job,
) -> EncodersReport:
    """Measure every encoder on the music in ``folder``.

    ``labels`` tells the genres: TAGS for the files' own, FOLDERS for the name of the folder that a track lies in (its
    album is then the tagged one), or a CSV table with the columns path (or track) and label. Where the folder is
    that of Emotify, what people felt is compared as well.

    Raises:
        NothingYet: there is too little music.
        BadRequest: the table of labels cannot be used.
        ModelUnavailable: an encoder is not installed, or broken.
    """
    for name in encoders:
        weights.verify(registry.plugin(name, models), models)
    tracks = {path: Track(id=0, path=path, tags=read_tags(path)[0]) for path in enough_music_in(folder)}
    labelled, notes = _labelled(tuple(tracks.values()), labels)
    with excerpts_of(tuple(tracks), every_plain=False, job=job) as excerpts:
        heard_of = [tracks[e.source] for e in excerpts]
        known = _known(heard_of, labelled, emotions_of(folder), tagged=labels == FOLDERS)
        heard = [_heard(Plan(name, models, workers), excerpts, known, rng=rng, job=job) for name in encoders]
    rows = tuple(row for row, _ in heard)
    controls = [EncoderRow(FORMAT_ALONE, _quality(format_similarity(excerpts), known, rng=rng))]
    controls += [_shuffled(space, known, rng=rng) for _, space in heard[:1]]
    return EncodersReport(
        tracks=len(excerpts),
        albums=_count(known.albums),
        artists=_count(known.artists),
        genres=tuple(sorted(set(known.genres) - {""})),
        labelled=sum(bool(genre) for genre in known.genres),
        majority=_majority(known, rng=rng),
        rows=rows,
        controls=tuple(controls),
        notes=notes,
    )


def _known(
    tracks: Sequence[Track], labelled: Labelled | None, felt: Mapping[str, FloatArray], *, tagged: bool
) -> _Knowledge:
    genres = {song.path: song.label for song in labelled.songs} if labelled else {}
    nothing = np.full(len(GEMS), np.nan, np.float32)
    return _Knowledge(
        albums=tuple(_album(track, tagged=tagged) for track in tracks),
        artists=tuple(artist_of(track) if track.artist else "" for track in tracks),
        genres=tuple(genres.get(track.path, "") for track in tracks),
        makers=tuple(artist_of(track) for track in tracks),
        emotions=np.stack([felt.get(track.path, nothing) for track in tracks]),
    )


def _labelled(tracks: Sequence[Track], labels: str | Path) -> tuple[Labelled | None, tuple[str, ...]]:
    """The genres of the tracks, or why there are too few; and what was left out."""
    try:
        if labels == TAGS:
            found = cnn_labels.by_genre(tracks)
        elif labels == FOLDERS:
            found = cnn_labels.by_folder(tracks)
        else:
            found = cnn_labels.by_table(Path(labels), tracks)
    except NothingYet:
        fewest = f"{cnn_labels.FEWEST_TRACKS} tracks by {cnn_labels.FEWEST_ARTISTS} artists"
        return None, (f"Genres were not compared: no two of them have at least {fewest} each.",)
    return found, found.dropped


def _album(track: Track, *, tagged: bool) -> str:
    """An album is a folder; where folders are genres, what the tags call so."""
    if not tagged:
        return str(Path(track.path).parent)
    return f"{artist_of(track)}\n{track.tags.album.casefold()}" if track.tags.album else ""


def _heard(
    plan: Plan, excerpts: Sequence[Excerpt], known: _Knowledge, *, rng: np.random.Generator, job: Job
) -> tuple[EncoderRow, _Space]:
    with Encoding(plan, job=job) as encode:
        space = _space(encode, excerpts)
    row = EncoderRow(
        name=plan.encoder,
        quality=_quality(cosine(space.vectors), known.of(space.rows), rng=rng),
        copies=_copies(space),
        dim=encode.spec.dim,
        windows=encode.spec.windows,
        cpu_s=encode.cpu_s,
        peak_mb=encode.peak_mb,
    )
    return row, space


def _space(encode: Encoding, excerpts: Sequence[Excerpt]) -> _Space:
    """Listen to all excerpts in one format, and to some more than once."""
    recoded = encode([e.recoded for e in excerpts])
    rows = [row for row, e in enumerate(excerpts) if e.recoded in recoded]
    kept = [excerpts[row] for row in rows]
    copies = encode([path for e in kept if e.plain.exists() for path in (e.plain, e.quieter)])
    twice = [row for row, e in enumerate(kept) if e.plain in copies and e.quieter in copies]
    if len(rows) < 2 or not twice:
        raise NothingYet("There is no sound in these tracks that could be compared.")
    library = np.stack([recoded[e.recoded] for e in kept])
    scaler = Standardiser.fit(library)
    return _Space(
        rows=np.array(rows, dtype=np.int64),
        vectors=scaler.apply(library),
        originals=np.array(twice, dtype=np.int64),
        plain=scaler.apply(np.stack([copies[kept[row].plain] for row in twice])),
        quieter=scaler.apply(np.stack([copies[kept[row].quieter] for row in twice])),
    )


def _shuffled(space: _Space, known: _Knowledge, *, rng: np.random.Generator) -> EncoderRow:
    """The control: the same vectors, dealt out anew over the tracks."""
    dealt = space.vectors[rng.permutation(len(space.vectors))]
    changed = _Space(space.rows, dealt, space.originals, space.plain, space.quieter)
    return EncoderRow(SHUFFLED, _quality(cosine(dealt), known.of(space.rows), rng=rng), _copies(changed))


def _copies(space: _Space) -> Copies:
    ranks = [ranks_of_originals(copies, space.vectors, space.originals) for copies in (space.plain, space.quieter)]
    recoded, quieter = (int((rank == 1).sum()) for rank in ranks)
    return Copies(len(space.originals), recoded, quieter)


def _quality(similarity: FloatArray, known: _Knowledge, *, rng: np.random.Generator) -> Quality:
    def found(groups: Sequence[str], apart: Sequence[str] = ()) -> GroupRetrieval | None:
        return _where_told(lambda: same_group_map(similarity, groups, apart=apart, rng=rng))

    return Quality(
        hubness=k_occurrence_skew(similarity),
        album=found(known.albums),
        artist=found(known.artists),
        artist_elsewhere=found(known.artists, known.albums),
        genre=_genre(similarity, known, rng=rng),
        mood=_mood(similarity, known, rng=rng),
    )


def _where_told(retrieval: Callable[[], GroupRetrieval]) -> GroupRetrieval | None:
    """None where no group has two tracks."""
    try:
        return retrieval()
    except BadRequest:
        return None


def _genre(similarity: FloatArray, known: _Knowledge, *, rng: np.random.Generator) -> Measure | None:
    told = told_by_neighbours(similarity, known.genres, apart=known.makers, k=NEIGHBOURS, rng=rng)
    return _accuracy(told, known, rng=rng)


def _mood(similarity: FloatArray, known: _Knowledge, *, rng: np.random.Generator) -> Measure | None:
    told = averaged_over_neighbours(similarity, known.emotions, apart=known.makers, k=MOOD_NEIGHBOURS, rng=rng)
    rows = np.flatnonzero(np.isfinite(told).all(axis=1) & np.isfinite(known.emotions).all(axis=1))
    if len(rows) < 2:
        return None
    makers = [known.makers[row] for row in rows]
    return mean_correlation(told[rows], known.emotions[rows], rng=rng, units=makers)


def _majority(known: _Knowledge, *, rng: np.random.Generator) -> Measure | None:
    names = [genre for genre in known.genres if genre]
    most = max(sorted(set(names)), key=names.count, default="")
    return _accuracy([most] * len(known.genres), known, rng=rng)


def _accuracy(told: Sequence[str], known: _Knowledge, *, rng: np.random.Generator) -> Measure | None:
    """The share of labelled tracks that were told right; the interval is drawn over artists."""
    rows = [row for row, genre in enumerate(known.genres) if genre]
    if not rows:
        return None
    right = [float(told[row] == known.genres[row]) for row in rows]
    return bootstrap(right, rng=rng, units=[known.makers[row] for row in rows])


def _count(names: Sequence[str]) -> int:
    return len(set(names) - {""})
