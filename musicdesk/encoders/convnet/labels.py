"""What a network is to learn: a class for every track, from genre tags, a table or folders, and who must stay together.

Albums and artists leak: a track of an artist who is also trained with is recognised by its sound, not by its genre. So
tracks are divided by artist, always.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import numpy as np

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.records import IntArray, Track, printable

FEWEST_TRACKS = 6
FEWEST_ARTISTS = 3
"""One to learn from, one to know when to stop, one to be tested with."""
FOLDS, VALIDATION_PARTS = 5, 8
_SEPARATORS = re.compile(r"\s*(?:[;,/|\\\0]|\s-\s)\s*")
_GUESTS = re.compile(r"\s+(?:feat\.?|ft\.?|featuring|with)\s.*$", re.IGNORECASE)
_NAMES = {"path": ("path", "track", "file", "name"), "label": ("label", "genre", "class")}


@dataclass(frozen=True, slots=True)
class Song:
    """A track to learn from."""

    path: str
    label: str
    artist: str
    """Who made it, as far as is known: songs of one artist are never on both sides."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Songs with the classes that have enough of them."""

    songs: tuple[Song, ...]
    classes: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    """Sentences: which classes and tracks are left out, and why."""

    @property
    def codes(self) -> IntArray:
        """The number of every song's class.  # [n]"""
        numbers = {name: number for number, name in enumerate(self.classes)}
        return np.array([numbers[song.label] for song in self.songs], dtype=np.int64)


def by_genre(tracks: Sequence[Track], *, artists: int = FEWEST_ARTISTS) -> Labelled:
    """The class is the genre tag; of several, the one that most of the library has.

    "Hip-Hop", "hip hop" and "HipHop" are one class, in its most frequent spelling, lower case. Raises NothingYet where
    fewer than two genres have enough tracks by enough ``artists``.
    """
    genres = [tuple(name for genre in track.tags.genres for name in split_genres(genre)) for track in tracks]
    spelling = _spellings(genres)
    counts = Counter(key for names in genres for key in {_key(name) for name in names})
    labels = {
        track.path: spelling[max((_key(name) for name in names), key=lambda key: (counts[key], key))]
        for track, names in zip(tracks, genres, strict=True)
        if names
    }
    return by_label(tracks, labels, what="genre tag", artists=artists)


def by_folder(tracks: Sequence[Track], *, artists: int = FEWEST_ARTISTS) -> Labelled:
    """The class is the name of the folder that a track lies in. Raises NothingYet as ``by_genre`` does."""
    labels = {track.path: _tidy(PurePath(track.path).parent.name) for track in tracks}
    return by_label(tracks, labels, what="folder", artists=artists)


def by_table(table: Path, tracks: Sequence[Track], *, artists: int = FEWEST_ARTISTS) -> Labelled:
    """The class stands in a CSV file with the columns ``path`` (or ``track``) and ``label``.

    A path is absolute, relative to the table, or a file's name with or without its ending, as long as only one track
    has it.

    Raises:
        BadRequest: the table cannot be read, lacks a column, or names none of the tracks.
        NothingYet: fewer than two classes have enough tracks and artists.
    """
    find = _finder(tracks, beside=table.parent)
    labels: dict[str, str] = {}
    unknown = []
    for name, label in _rows(table):
        path = find(name)
        if path is None:
            unknown.append(name)
        elif label:
            labels[path] = _tidy(label)
    if not labels:
        raise BadRequest(f"None of the tracks that {table.name} names is among the {len(tracks)} found.")
    labelled = by_label(tracks, labels, what="label", artists=artists)
    if not unknown:
        return labelled
    told = f"{_count(len(unknown), 'line')} of {table.name} without a track, such as {printable(unknown[0])}."
    return replace(labelled, dropped=(*labelled.dropped, told))


def by_label(
    tracks: Sequence[Track], labels: Mapping[str, str], *, what: str, artists: int = FEWEST_ARTISTS
) -> Labelled:
    """The songs of classes that are large enough; the rest is told.

    ``labels`` gives the class of a path, ``what`` says what they are. Raises NothingYet where fewer than two classes
    have enough tracks by enough ``artists``.
    """
    songs = [Song(t.path, labels[t.path], artist_of(t)) for t in tracks if labels.get(t.path)]
    sizes = Counter(song.label for song in songs)
    makers = {label: len({song.artist for song in songs if song.label == label}) for label in sizes}
    classes = tuple(sorted(n for n in sizes if sizes[n] >= FEWEST_TRACKS and makers[n] >= artists))
    bare = len(tracks) - len(songs)
    dropped = [f"{_count(bare, 'track')} without a {what} {'is' if bare == 1 else 'are'} left out."] if bare else []
    rare = sorted(set(sizes) - set(classes), key=lambda name: -sizes[name])
    dropped += [f"{n} is left out: {_count(sizes[n], 'track')} by {_count(makers[n], 'artist')}." for n in rare]
    if len(classes) < 2:
        raise NothingYet(
            f"Learning needs two classes of at least {FEWEST_TRACKS} tracks by {artists} artists each; "
            f"there {'is one' if classes else 'is none'} among {len(songs)} tracks with a {what}. "
            "Tag more of them, or bring a CSV file with labels."
        )
    return Labelled(tuple(song for song in songs if song.label in classes), classes, tuple(dropped))


def heard(labelled: Labelled, paths: Iterable[str]) -> Labelled:
    """The songs among ``paths``; a class that lost all its songs stays."""
    there = set(paths)
    return replace(labelled, songs=tuple(song for song in labelled.songs if song.path in there))


def split_genres(text: str) -> tuple[str, ...]:
    """The genres that one tag joins: "Rock/Pop; Indie" is three."""
    return tuple(name for part in _SEPARATORS.split(text) if (name := _tidy(part)))


def artist_of(track: Track) -> str:
    """Who made a track: its first artist without guests, else the album's artist, else its folder."""
    names = track.tags.artists or track.tags.album_artists
    name = _tidy(_GUESTS.sub("", names[0])) if names else ""
    return name or str(PurePath(track.path).parent)


def folds(artists: Sequence[str], codes: IntArray, count: int, *, seed: int = 0) -> IntArray:
    """In which of ``count`` parts each song falls: no artist in two, the classes spread evenly.  # [n]

    Artists go, those with most songs first and equals by chance, into the part that they unbalance least; of equals
    into the smallest, but into the first where a class has fewer artists than there are parts, so that the first part,
    which is what gets tested, has songs of every class.
    """
    own = _songs_of(artists)
    order = sorted(np.random.default_rng(seed).permutation(sorted(own)).tolist(), key=lambda artist: -len(own[artist]))
    n_classes = int(codes.max(initial=0)) + 1
    adds = {artist: np.bincount(codes[rows], minlength=n_classes) for artist, rows in own.items()}
    makers = np.sum([counts > 0 for counts in adds.values()], axis=0)
    held, share = np.zeros((count, n_classes)), np.maximum(np.bincount(codes, minlength=n_classes), 1)
    parts = np.zeros(len(codes), dtype=np.int64)
    for artist in order:
        added = held[None] + np.eye(count)[:, :, None] * adds[artist]  # [part that takes it, part, class]
        uneven = np.square(added / share).sum(axis=(1, 2))
        few = makers[int(np.argmax(adds[artist]))] <= count
        ties = np.zeros(count) if few else held.sum(axis=1)
        best = int(np.lexsort((ties, np.round(uneven, 9)))[0])
        held[best] += adds[artist]
        parts[own[artist]] = best
    return parts


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """Rows of songs for three purposes; no artist serves two."""

    train: IntArray
    validation: IntArray
    """To know when to stop."""
    test: IntArray


def divide(artists: Sequence[str], codes: IntArray, *, fold: int = 0, seed: int = 0) -> Division:
    """One of five parts of the songs to test with, an eighth of the rest for validation, the others to learn from."""
    parts = folds(artists, codes, FOLDS, seed=seed)
    rest = np.flatnonzero(parts != fold)
    inner = folds([artists[int(row)] for row in rest], codes[rest], VALIDATION_PARTS, seed=seed)
    return Division(rest[inner != 0], rest[inner == 0], np.flatnonzero(parts == fold))


def _songs_of(artists: Sequence[str]) -> dict[str, IntArray]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, artist in enumerate(artists):
        rows[artist].append(row)
    return {artist: np.array(own, dtype=np.int64) for artist, own in rows.items()}


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _tidy(text: str) -> str:
    return " ".join(text.split()).casefold()


def _key(name: str) -> str:
    """What spellings of one genre have in common."""
    return re.sub(r"[\s\-_.'’&+]|\band\b", "", name) or name


def _spellings(genres: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """The most frequent spelling of every key."""
    counts = Counter(name for names in genres for name in names)
    ordered = sorted(counts, key=lambda name: (counts[name], name))
    return {_key(name): name for name in ordered}


def _rows(table: Path) -> list[tuple[str, str]]:
    """(name, label) of every line."""
    try:
        with table.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.DictReader(file)
            columns = [_column(reader.fieldnames or (), kind, table) for kind in ("path", "label")]
            return [((row[columns[0]] or "").strip(), row[columns[1]] or "") for row in reader]
    except (OSError, csv.Error) as error:
        raise BadRequest(f"The table {table} cannot be read ({error}). Name a CSV file.") from error


def _column(names: Sequence[str], kind: str, table: Path) -> str:
    for wanted in _NAMES[kind]:
        for name in names:
            if _tidy(name or "") == wanted:
                return name
    raise BadRequest(f"{table.name} has no column {kind!r}. Its first line must name path (or track) and label.")


def _finder(tracks: Sequence[Track], *, beside: Path) -> Callable[[str], str | None]:
    """What finds a track's path by what a table calls it."""
    paths = {track.path for track in tracks}
    names: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        names[PurePath(path).name].append(path)
        names[PurePath(path).stem].append(path)

    def find(name: str) -> str | None:
        for candidate in (name, str(beside / name), str((beside / name).absolute())):
            if candidate in paths:
                return candidate
        found = set(names.get(name, ()))
        return found.pop() if len(found) == 1 else None

    return find
