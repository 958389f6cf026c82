"""What was listened to elsewhere, by whom, and what is recommended from it."""

from dataclasses import dataclass
from pathlib import Path

from musicdesk.records.taste import Pick


@dataclass(frozen=True, slots=True)
class Listen:
    """One line of a log of another player or service: who heard what, when, how often."""

    artist: str = ""
    title: str = ""
    """Empty where the log tells of artists alone."""
    album: str = ""
    recording_mbid: str = ""
    path: str = ""
    """Where the other player had the file."""
    length_s: float | None = None
    at: float | None = None
    """Seconds since the epoch; None in logs without a clock."""
    count: int = 1
    skips: int = 0
    stars: float | None = None
    """0 to 5."""
    liked: bool = False
    listener: str = ""
    """Whom a log of several people names; "" where it is one person's."""
    line: int = 0
    """Where it stands in its file, from 1."""


@dataclass(frozen=True, slots=True)
class ListenLog:
    """A log as it was read."""

    kind: str
    """lastfm, listenbrainz, table, itunes, rhythmbox, strawberry, mpd, playlist."""
    listens: tuple[Listen, ...]
    bad: tuple[tuple[int, str], ...] = ()
    """Lines that say nothing, with the reason."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Someone whose listening is known; "" is the person at this desk."""

    name: str
    listens: int
    """Lines of logs."""
    tracks: int
    """Tracks of the library that they heard."""
    unmatched: int
    """Lines of which the library has no track."""
    latest: float | None = None
    """When they last heard something, in seconds since the epoch, as far as is known."""


@dataclass(frozen=True, slots=True)
class ListensReport:
    """What an import brought."""

    path: Path
    kind: str
    listeners: tuple[str, ...]
    read: int
    """Lines with something in them."""
    new: int
    """Lines that were not known before."""
    matched: int
    """New lines of which the library has the track."""
    bad: tuple[tuple[int, str], ...] = ()
    undated: int = 0
    """New lines without a time."""


@dataclass(frozen=True, slots=True)
class RecommenderStatus:
    """A recommender, whether it can be chosen here, and what it knows."""

    name: str
    title: str
    what: str
    """What it does, in a sentence."""
    part: str = ""
    """What its part of the score is called; "" where it is several, or none."""
    source: str = ""
    """Where it is published."""
    chosen: bool = False
    made: bool = False
    """Whether it stands ready; if not, it has to be made, or is made at once when it is asked."""
    stale: bool = False
    """Whether so much was heard since that it should be made anew."""
    at_once: bool = False
    """Whether it is made whenever it is asked, so that nobody has to."""
    knows: str = ""
    """A sentence: what it was made from, or would be."""
    problem: str = ""
    """A sentence: why it cannot advise now, and what to do; "" if it can."""


@dataclass(frozen=True, slots=True)
class GroupPick:
    """A track for several listeners, and whose it is."""

    pick: Pick
    whose: tuple[str, ...]
    """The listeners whose kind of music it is, the one whose turn it was first."""
    category: str
    """The kind of music for which it stands in the list."""


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A listener's part in a list for several."""

    listener: str
    categories: tuple[str, ...]
    """Their kinds of music, the largest share first."""
    picks: int
    """Tracks of the list that are theirs."""
    knows: str = ""
    """A sentence: what is known of their listening."""


@dataclass(frozen=True, slots=True)
class GroupList:
    """A list for several listeners, in which everyone's kinds of music have their share."""

    picks: tuple[GroupPick, ...]
    shares: tuple[GroupShare, ...]
