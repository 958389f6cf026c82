"""A log of listening with what is known of its items, as the recommenders are measured on it; read from tables.

A table of listens has a head and a line a listen: ``user`` and ``item``, and if known ``artist``, ``time`` (seconds
since 1970, or an ISO date), ``count`` and ``stars``. Lines of one user and item are taken together: the first time, all
counts. Vectors stand in a table (item, then numbers) or in an .npz with the arrays ``items`` and ``vectors``.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from musicdesk.errors import BadRequest, NotFound
from musicdesk.recommend.log import Log
from musicdesk.recommend.preference import degrees
from musicdesk.records import FloatArray, IntArray

NAMES = {
    "user": ("user", "listener", "userid", "user_id", "user_name"),
    "item": ("item", "track", "trackid", "track_id", "itemid", "item_id", "song"),
    "artist": ("artist", "artistid", "artist_id", "artist_name"),
    "time": ("time", "timestamp", "at", "date"),
    "count": ("count", "plays", "playcount", "weight"),
    "stars": ("stars", "rating"),
}
"""What a column may be called, in any case."""
LISTENS, VECTORS = "listens.csv", ("vectors.npz", "vectors.csv")
"""What the files are called in a folder."""


@dataclass(frozen=True, slots=True, eq=False)
class ListeningData:
    """Who heard what, and how it sounds."""

    name: str
    log: Log
    vectors: FloatArray | None  # [n_items, dim]; a row of nan where nothing is known
    encoder: str
    """What made the vectors; "" without any."""
    groups: IntArray  # [n_items] equal numbers for one artist
    notes: tuple[str, ...] = ()
    """Sentences: what was left out, and why."""

    def __post_init__(self) -> None:
        found = {len(self.groups), self.log.n_items, *([len(self.vectors)] if self.vectors is not None else [])}
        if len(found) > 1:
            raise BadRequest("Items, their artists and their vectors differ in number.")


class Heard(NamedTuple):
    """One line that says something."""

    user: str
    item: str
    artist: str = ""
    at: float = float("nan")
    plays: float = 1.0
    stars: float = float("nan")


@dataclass(slots=True)
class _Pair:
    """All lines of one user and item."""

    plays: float = 0.0
    at: float = float("nan")
    stars: float = float("nan")

    def add(self, heard: Heard) -> None:
        self.plays += heard.plays
        self.at = float(np.fmin(self.at, heard.at))
        self.stars = heard.stars if heard.stars == heard.stars else self.stars


@dataclass(slots=True)
class _Tally:
    """Users and items in the order in which they are met."""

    pairs: dict[tuple[int, int], _Pair] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    artists: dict[int, str] = field(default_factory=dict)

    def add(self, heard: Heard) -> None:
        user = self.users.setdefault(heard.user, len(self.users))
        item = self.items.setdefault(heard.item, len(self.items))
        self.artists[item] = heard.artist or self.artists.get(item, "")
        self.pairs.setdefault((user, item), _Pair()).add(heard)


def from_table(listens: Path, vectors: Path | None = None, *, encoder: str = "") -> ListeningData:
    """A table of listens, or a folder with ``listens.csv`` and perhaps ``vectors.npz`` or ``vectors.csv``.

    Raises NotFound if it is not there, BadRequest if it cannot be used.
    """
    if listens.is_dir():
        beside = (listens / name for name in VECTORS)
        vectors = vectors or next((path for path in beside if path.exists()), None)
        listens = listens / LISTENS
    if not listens.is_file():
        raise NotFound(f"There is no table of listens {listens}.")
    bad: Counter[str] = Counter()
    tally = _Tally()
    for heard in _lines(listens, bad):
        tally.add(heard)
    known = _read_vectors(vectors) if vectors else {}
    return _data(listens, tally, known, encoder=encoder or (vectors.stem if vectors else ""), notes=_told(bad, listens))


def from_heard(name: str, heard: Iterable[Heard], vectors: Mapping[str, FloatArray], *, encoder: str) -> ListeningData:
    """Listens that stand in memory: the desk's own, for one; ``vectors`` by item, of one length."""
    tally = _Tally()
    for one in heard:
        tally.add(one)
    return _data(Path(name), tally, vectors, encoder=encoder, notes=())


def log_of(
    users: Sequence[int] | IntArray, items: Sequence[int] | IntArray, plays: Sequence[float], times: Sequence[float],
    *, stars: Sequence[float] | None = None, n_users: int, n_items: int,
) -> Log:  # fmt: skip
    """A log with preference degrees: each user's plays beside their own most played.  # columns [n]"""
    who, counts = np.asarray(users, np.int64), np.asarray(plays, np.float64)
    rated = np.full(len(who), np.nan) if stars is None else np.asarray(stars, np.float64)
    liked = np.zeros(len(who), np.float32)
    order = np.argsort(who, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(who[order])) + 1):
        liked[rows] = degrees(counts[rows], stars=rated[rows])
    return Log.of(who, np.asarray(items, np.int64), liked, times, n_users=n_users, n_items=n_items)


def _data(
    listens: Path, tally: _Tally, known: Mapping[str, FloatArray], *, encoder: str, notes: tuple[str, ...]
) -> ListeningData:
    if not tally.pairs:
        raise BadRequest(f"{listens.name} tells of no listening.")
    users, items = zip(*tally.pairs, strict=True)
    found = tally.pairs.values()
    log = log_of(
        users, items, [p.plays for p in found], [p.at for p in found], stars=[p.stars for p in found],
        n_users=len(tally.users), n_items=len(tally.items),
    )  # fmt: skip
    rows, more = _rows(tally, known)
    name = str(listens)
    return ListeningData(name, log, rows, encoder if known else "", _groups(tally), (*notes, *more))


def _groups(tally: _Tally) -> IntArray:
    """An item without an artist is a group of its own."""
    names = [tally.artists[row] or f"\0{row}" for row in range(len(tally.items))]
    return np.asarray(np.unique(names, return_inverse=True)[1], np.int64).reshape(-1)


def _rows(tally: _Tally, known: Mapping[str, FloatArray]) -> tuple[FloatArray | None, tuple[str, ...]]:
    """The vectors of the items, and how many have none."""
    if not known:
        return None, ("There are no vectors: only what goes by people's habits can be measured.",)
    rows = np.full((len(tally.items), len(next(iter(known.values())))), np.nan, np.float32)
    for item, row in tally.items.items():
        if item in known:
            rows[row] = known[item]
    missing = int(np.isnan(rows).any(axis=1).sum())
    if missing == len(rows):
        raise BadRequest("Not one item of the listens has a vector: the two files name their items differently.")
    return rows, (f"{missing} of {len(rows)} items have no vector.",) if missing else ()


def _lines(path: Path, bad: Counter[str]) -> Iterable[Heard]:
    """The lines that say something; ``bad`` counts the others by what is wrong with them."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            head = file.readline()
            columns = _columns(next(csv.reader([head], delimiter=_separator(head)), []), path)
            for cells in csv.reader(file, delimiter=_separator(head)):
                try:
                    yield _heard(cells, columns)
                except ValueError as error:
                    bad[str(error)] += 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadRequest(f"The table {path} cannot be read: {error}.") from error


def _separator(head: str) -> str:
    return max(",;\t", key=head.count)


def _columns(head: Sequence[str], path: Path) -> dict[str, int]:
    """Where each column stands; an artist stands for the item where no item is named."""
    names = [name.strip().casefold() for name in head]
    found = {
        name: places[0] for name, known in NAMES.items() if (places := [names.index(n) for n in known if n in names])
    }
    found.setdefault("item", found.get("artist", -1))
    if "user" not in found or found["item"] < 0:
        raise BadRequest(f"{path.name} needs the columns user and item; it has: {', '.join(names) or 'none'}.")
    return found


def _heard(cells: Sequence[str], columns: Mapping[str, int]) -> Heard:
    said = {name: cells[place].strip() for name, place in columns.items() if place < len(cells)}
    if not said.get("user") or not said.get("item"):
        raise ValueError("no user or no item")
    count, stars = _number(said.get("count", ""), "count"), _number(said.get("stars", ""), "stars")
    if count < 0 or stars < 0 or stars > 5:
        raise ValueError("a count below 0, or stars that are not 0 to 5")
    full = 1.0 if np.isnan(count) else count
    return Heard(said["user"], said["item"], said.get("artist", ""), _time(said.get("time", "")), full, stars)


def _number(text: str, what: str) -> float:
    if not text:
        return float("nan")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not np.isfinite(number):
        raise ValueError(f"a {what} that is no number")
    return number


def _time(text: str) -> float:
    """Seconds since 1970; nan where nothing stands."""
    if not text:
        return float("nan")
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        seconds = _number(text, "time")
        return seconds / 1000 if seconds > 1e11 else seconds  # some count milliseconds
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _told(bad: Counter[str], path: Path) -> tuple[str, ...]:
    reasons = "; ".join(f"{count}: {reason}" for reason, count in bad.most_common())
    return (f"{sum(bad.values())} lines of {path.name} were left out ({reasons}).",) if bad else ()


def _read_vectors(path: Path) -> dict[str, FloatArray]:
    """Vectors by item; raises BadRequest for anything but finite rows of one length."""
    try:
        names, rows = _from_npz(path) if path.suffix.lower() == ".npz" else _from_csv(path)
    except (OSError, ValueError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise BadRequest(f"The vectors {path} cannot be read: {error}.") from error
    if rows.ndim != 2 or len(names) != len(rows) or not rows.size or not np.isfinite(rows).all():
        raise BadRequest(f"{path.name} must name a row of finite numbers for each item, all of one length.")
    return dict(zip(names, rows, strict=True))


def _from_npz(path: Path) -> tuple[list[str], FloatArray]:
    with np.load(path, allow_pickle=False) as found:
        return [str(name) for name in found["items"]], np.asarray(found["vectors"], np.float32)


def _from_csv(path: Path) -> tuple[list[str], FloatArray]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        head = file.readline()
        lines = [cells for cells in csv.reader(file, delimiter=_separator(head)) if cells]
    return [cells[0].strip() for cells in lines], np.array([cells[1:] for cells in lines], np.float32)
