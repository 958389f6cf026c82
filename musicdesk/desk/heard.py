"""Who heard what of the library: what recommenders learn from, laid out over the sounds that are there."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.records import FloatArray, IntArray

ME = ""
"""The listener at this desk."""
_NOBODY = -1


class ListenerLog(Protocol):
    """What the desk knows of everyone's listening; one row a sound that a listener heard, or said something of."""

    @property
    def names(self) -> Sequence[str]:
        """Listeners; "" is the person at this desk."""

    @property
    def users(self) -> IntArray:
        """The listener of each row, as a place in ``names``.  # [n]"""

    @property
    def hashes(self) -> Sequence[str]:
        """The sound of each row.  # [n]"""

    @property
    def degrees(self) -> FloatArray:
        """Preference degree, above 0 in favour, below 0 against.  # [n]"""

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """Seconds since the epoch, nan where unknown.  # [n]"""

    @property
    def plays(self) -> FloatArray:
        """How often it was played; 0 where something was only said of it.  # [n]"""


@dataclass(frozen=True, eq=False)
class Heard:
    """Everyone's listening to what is in the library."""

    names: tuple[str, ...]
    sounds: tuple[str, ...]
    """Every sound that anyone heard."""
    log: Log
    """Users are places in ``names``, items are places in ``sounds``."""
    plays: FloatArray  # [len(names)]
    """How often each listener played what they like; what was only said counts as one."""

    @classmethod
    def of(cls, log: ListenerLog, known: Container[str]) -> Self:
        """The rows of ``log`` whose sounds are ``known``."""
        places: dict[str, int] = {}
        items = np.array(
            [places.setdefault(h, len(places)) if h in known else _NOBODY for h in log.hashes], dtype=np.int64
        )
        kept = items >= 0
        users, degree = np.asarray(log.users)[kept], np.asarray(log.degrees)[kept]
        told = Log.of(
            users, items[kept], degree, np.asarray(log.times)[kept], n_users=len(log.names), n_items=len(places)
        )
        heard = np.where(degree > 0, np.maximum(np.asarray(log.plays)[kept], 1), 0)
        plays = np.bincount(users, heard, minlength=len(log.names)).astype(np.float32)
        return cls(tuple(log.names), tuple(places), told, plays)

    @cached_property
    def listeners(self) -> tuple[str, ...]:
        """Whoever liked any of it."""
        return tuple(self.names[user] for user in self.log.listeners.tolist())

    @cached_property
    def others(self) -> int:
        """How many of them are not the person at this desk."""
        return len([name for name in self.listeners if name != ME])

    @cached_property
    def listens(self) -> int:
        """How often everyone played what they like."""
        return int(self.plays.sum().round())

    @cached_property
    def own(self) -> int:
        """How many sounds the person at this desk likes, or plays."""
        return self.liked_by(ME)

    def liked_by(self, name: str) -> int:
        """How many sounds this listener likes, or plays."""
        return len(np.unique(self.log.items[self._of(name) & (self.log.degrees > 0)]))

    def plays_of(self, name: str) -> int:
        """How often this listener played what they like."""
        return int(self.plays[self.names.index(name)].round()) if name in self.names else 0

    @cached_property
    def rows(self) -> dict[str, int]:
        """Sound → its place in ``sounds``."""
        return {sound: row for row, sound in enumerate(self.sounds)}

    def over(self, rows: Mapping[str, int], *, n_items: int) -> Log:
        """The listening to the sounds that ``rows`` names, as a log of those rows."""
        items, there = self._placed(self.log.items, rows)
        log = self.log
        return Log(
            log.users[there], items[there], log.degrees[there], log.times[there], n_users=log.n_users, n_items=n_items
        )

    def history(self, name: str, rows: Mapping[str, int]) -> History:
        """What one listener heard of the sounds that ``rows`` names; empty for one who is not known."""
        if name not in self.names:
            return History.of(np.zeros(0, np.int64))
        heard = self.log.history(self.names.index(name))
        items, there = self._placed(heard.items, rows)
        return History(items[there], heard.degrees[there])

    def _of(self, name: str) -> BoolArray:
        user = self.names.index(name) if name in self.names else _NOBODY
        return np.asarray(self.log.users == user)

    def _placed(self, items: IntArray, rows: Mapping[str, int]) -> tuple[IntArray, BoolArray]:
        used = np.unique(items)
        places = np.full(len(self.sounds), _NOBODY, np.int64)
        places[used] = [rows.get(self.sounds[item], _NOBODY) for item in used.tolist()]
        placed = places[items]
        return placed, np.asarray(placed >= 0)
