"""HetRec 2011 Last.fm as listening data: 1,881 people's play counts of the 5,061 artists whose sound is told.

Cantador, Brusilovsky & Kuflik, 2nd workshop on information heterogeneity and fusion in recommender systems, RecSys
2011. The features of an artist are means over their songs. There is no clock: a listener's artists stand from the least
to the most played, so that "the latest" are the favourites.
"""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.evaluation.listening_data import ListeningData, log_of
from musicdesk.records import FloatArray, IntArray

PLAYS, FEATURES = "user_artists.dat", "hetrec_x_spotify_artist.csv"
SKEWED = ("acousticness", "count", "duration_ms", "instrumentalness", "liveness", "speechiness")
"""Columns of which most values lie near one end; their logarithm is taken."""
SOUND = (
    "acousticness", "danceability", "duration_ms", "energy", "instrumentalness", "liveness", "loudness", "mode",
    "speechiness", "tempo", "valence",
)  # fmt: skip
"""What can be heard. The other columns are the key, how popular the artist is, and of how many songs the means are."""

Table = Mapping[str, FloatArray]


def _raw(table: Table) -> FloatArray:
    """All columns as they stand in the file."""
    return np.stack(list(table.values()), axis=1)


def _sound(table: Table) -> FloatArray:
    """What can be heard, skewed columns in logarithms, the key as a place on a circle."""
    turns = 2 * np.pi * table["key"] / 12
    heard = [_straight(name, table[name]) for name in SOUND]
    return np.stack([*heard, np.cos(turns), np.sin(turns)], axis=1)


def _all(table: Table) -> FloatArray:
    """The sound, and what the catalogue says of the artist."""
    beside = [_straight(name, table[name]) for name in ("popularity", "count")]
    return np.concatenate([_sound(table), np.stack(beside, axis=1)], axis=1)


ENCODERS: Mapping[str, Callable[[Table], FloatArray]] = {
    "spotify": _all, "spotify-sound": _sound, "spotify-raw": _raw,
}  # fmt: skip
"""What the vectors may be made of; the first is the default."""


def is_here(folder: Path) -> bool:
    """Whether ``folder`` is that of the data set."""
    return (folder / PLAYS).is_file() and (folder / FEATURES).is_file()


def load(folder: Path, *, encoder: str = "") -> ListeningData:
    """The play counts of all artists that have features; raises BadRequest for an encoder that is none of ENCODERS."""
    name = encoder or next(iter(ENCODERS))
    if name not in ENCODERS:
        raise BadRequest(f"The artists of {folder.name} come with {', '.join(ENCODERS)}, and {name} is none of them.")
    try:
        artists, table = _features(folder / FEATURES)
        users, items, plays = _plays(folder / PLAYS, artists)
    except (OSError, ValueError, KeyError) as error:
        raise BadRequest(f"The data in {folder} cannot be read: {error}.") from error
    order = np.argsort(plays, kind="stable")
    log = log_of(
        users[order], items[order], plays[order].astype(float).tolist(), [float("nan")] * len(plays),
        n_users=int(users.max()) + 1, n_items=len(artists),
    )  # fmt: skip
    vectors = np.asarray(ENCODERS[name](table), np.float32)
    return ListeningData(str(folder), log, vectors, name, np.arange(len(artists)))


def artist_rows(folder: Path) -> dict[str, int]:
    """The row of each artist that has features, by its id; raises OSError, ValueError or KeyError."""
    return _features(folder / FEATURES)[0]


def _straight(name: str, values: FloatArray) -> FloatArray:
    return np.log(values + np.float32(1e-3)) if name in SKEWED else values


def _features(path: Path) -> tuple[dict[str, int], Table]:
    """Row of each artist by id, and the columns."""
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    names = [name for name in lines[0] if name not in ("id", "name")]
    table = {name: np.array([line[name] for line in lines], np.float32) for name in names}
    return {line["id"]: row for row, line in enumerate(lines)}, table


def _plays(path: Path, artists: Mapping[str, int]) -> tuple[IntArray, IntArray, IntArray]:
    """Users, items, plays; users are numbered in the order of their ids."""
    with path.open(encoding="utf-8") as file:
        next(file)
        cells = [line.split() for line in file]
    found = [(int(user), artists[artist], int(plays)) for user, artist, plays in cells if artist in artists]
    users, items, plays = (np.array(column, np.int64) for column in zip(*found, strict=True))
    return np.unique(users, return_inverse=True)[1].reshape(-1), items, plays
