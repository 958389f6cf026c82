"""An analysed library with the genre and the maker of every sound, as far as they are known: what simulated listeners
like and what they have not heard.

Genres come from tags, folders or a table, as for ``evaluate encoders``; where the tags tell too little, from the
encoder's own words, and then a figure says only how well lists keep to what the encoder calls so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from musicdesk.encoders.convnet import labels as classes
from musicdesk.encoders.convnet.labels import Labelled
from musicdesk.encoders.pooling import Standardiser
from musicdesk.errors import NothingYet
from musicdesk.prototypes.columns import Crowd, crowd
from musicdesk.prototypes.words import Kind, word
from musicdesk.records import FloatArray, IntArray, Track, Vectors

AUTO, TAGS, FOLDERS, WORDS = "auto", "genre-tags", "folders", "words"
"""Where genres stand, unless a table is named; AUTO: in the tags, or else in the encoder's words."""
FEWEST_ARTISTS = 2
"""One to like, one to be found."""
STANDS_OUT = 1.0
"""By how many deviations of the library a track's strongest genre must stand out to be its label."""


@dataclass(frozen=True, eq=False)
class GenreLibrary:
    """Sounds in the order of ``vectors``."""

    vectors: Vectors
    genres: tuple[str, ...]  # [n] "" where nothing is known, or too little of its kind
    artists: tuple[str, ...]  # [n] who made it; its folder where nobody says
    source: str
    """A sentence: where the genres come from."""
    notes: tuple[str, ...] = ()
    """Sentences: what was left out."""

    @cached_property
    def space(self) -> FloatArray:
        """The standardised vectors, unit rows.  # [n, dim]"""
        return Standardiser.fit(self.vectors.matrix).apply(self.vectors.matrix)

    @cached_property
    def crowd(self) -> Crowd:
        """How near each sound is to the library at large."""
        return crowd(self.space)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The genres that there are."""
        return tuple(sorted(set(self.genres) - {""}))

    def rows(self, genre: str) -> IntArray:
        """The sounds of a genre.  # [m]"""
        return np.array([row for row, name in enumerate(self.genres) if name == genre], dtype=np.int64)

    def makers(self, genre: str) -> tuple[str, ...]:
        """The artists of a genre, those with most sounds first."""
        own = [self.artists[row] for row in self.rows(genre).tolist()]
        return tuple(sorted(set(own), key=lambda artist: (-own.count(artist), artist)))


def genre_library(vectors: Vectors, tracks: Mapping[str, Track], labels: str | Path = AUTO) -> GenreLibrary:
    """The sounds of ``vectors`` with what ``tracks`` (by audio hash) and ``labels`` tell of them.

    ``labels`` is AUTO, TAGS, FOLDERS, WORDS or a CSV table with the columns path (or track) and label.

    Raises:
        NothingYet: nothing is analysed, or fewer than two genres have six tracks by two artists.
        BadRequest: the table cannot be used.
    """
    there = [tracks[sound] for sound in vectors.hashes if sound in tracks]
    if not there:
        raise NothingYet("Nothing of this library is analysed. Run: musicdesk analyze")
    found, source = _found(there, vectors, labels)
    genres = {song.path: song.label for song in found.songs}
    known = [tracks.get(sound) for sound in vectors.hashes]
    return GenreLibrary(
        vectors=vectors,
        genres=tuple(genres.get(track.path, "") if track else "" for track in known),
        artists=tuple(classes.artist_of(track) if track else "" for track in known),
        source=source,
        notes=found.dropped,
    )


def _found(tracks: Sequence[Track], vectors: Vectors, labels: str | Path) -> tuple[Labelled, str]:
    if labels == AUTO:
        try:
            return _found(tracks, vectors, TAGS)
        except NothingYet:
            return _found(tracks, vectors, WORDS)
    if labels == TAGS:
        return classes.by_genre(tracks, artists=FEWEST_ARTISTS), "Genres are those of the files' tags."
    if labels == FOLDERS:
        return classes.by_folder(tracks, artists=FEWEST_ARTISTS), "Genres are the names of the folders."
    if labels == WORDS:
        said = f"Genres are the words in which {vectors.key.name} says that a track stands out: no truth of its own."
        return _by_words(tracks, vectors), said
    table = Path(labels)
    return classes.by_table(table, tracks, artists=FEWEST_ARTISTS), f"Genres are those of {table.name}."


def _by_words(tracks: Sequence[Track], vectors: Vectors) -> Labelled:
    strongest = dict(zip(vectors.hashes, strongest_genres(vectors), strict=True))
    labels = {track.path: strongest[track.audio_hash] for track in tracks}
    return classes.by_label(tracks, labels, what="word that stands out", artists=FEWEST_ARTISTS)


def strongest_genres(vectors: Vectors) -> tuple[str, ...]:
    """For each sound the genre word in which it stands out most against the library; "" where none does.  # [n]"""
    forms = [word(text).form if word(text).kind is Kind.GENRE else "" for text in vectors.vocabulary]
    columns = [number for number, form in enumerate(forms) if form]
    if not columns:
        return ("",) * len(vectors)
    likely = np.clip(vectors.tags[:, columns].astype(np.float64), 1e-4, 1 - 1e-4)
    odds = np.log(likely / (1 - likely))
    lift = (odds - odds.mean(axis=0)) / np.maximum(odds.std(axis=0), 1e-3)
    best = lift.argmax(axis=1)
    out = lift.max(axis=1) >= STANDS_OUT
    return tuple(forms[columns[n]] if stands else "" for n, stands in zip(best.tolist(), out.tolist(), strict=True))
