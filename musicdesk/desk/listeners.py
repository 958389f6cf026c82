"""What was heard elsewhere, and by whom: logs of other players and services come in, and find their tracks here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest, NotFound, NothingYet, UnreadableLog, UnreadablePlaylist
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.listens import reading
from musicdesk.listens.matching import Matcher
from musicdesk.playlists import files
from musicdesk.recommend.preference import degrees
from musicdesk.records import Feedback, FloatArray, IntArray, Listen, Listener, ListenLog, ListensReport, Track
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.heard import Heard
from musicdesk.store.listeners import ListenerStore
from musicdesk.store.tracks import TrackStore

__all__ = ["KINDS", "HeardTrack", "ListenerLog", "Listeners", "in_words"]

KINDS = reading.KINDS
"""What can be imported: lastfm, listenbrainz, table, itunes, rhythmbox, strawberry, mpd, playlist."""
AT_ONCE = 1000
"""Tracks between two looks whether the work is to stop."""


@dataclass(frozen=True, eq=False)
class ListenerLog:
    """What everyone did with the sounds of the library, one row a listener and sound."""

    names: tuple[str, ...]
    """The listeners; the person at this desk ("") first."""
    users: IntArray  # [n] places in ``names``
    hashes: tuple[str, ...]  # [n]
    """The sound of each row."""
    degrees: FloatArray  # [n] preference degree, -1 to 1, never 0
    times: npt.NDArray[np.float64]  # [n] when it was heard last, seconds since the epoch; nan where unknown
    plays: FloatArray  # [n]; 0 where something was only said of it

    def __len__(self) -> int:
        return len(self.users)


@dataclass(frozen=True, slots=True)
class HeardTrack:
    """A track of the library that a listener heard, or said something of."""

    track: Track
    plays: float
    degree: float
    """-1 to 1, as recommenders take it."""
    latest: float | None


class _Done(NamedTuple):
    """What one listener did with one sound, here and elsewhere."""

    audio_hash: str
    plays: float
    skips: float
    stars: float | None
    liked: bool
    latest: float | None
    disliked: bool = False


class Listeners:
    """Imports logs, keeps listeners apart, and says what all of them did with the library."""

    def __init__(
        self, *, listeners: ListenerStore, feedback: FeedbackStore, tracks: TrackStore, events: Events
    ) -> None:
        self._listeners, self._feedback, self._tracks, self._events = listeners, feedback, tracks, events
        self._stale = True
        """Whether the library may have changed since open lines were matched with it."""
        self._summed: tuple[list[_Done], ListenerLog] | None = None
        events.library_changed.listen(self._library_changed)
        events.listeners_changed.listen(self._heard_more)

    # ------------------------------------------------------------------------------------------ logs come in

    def load(self, path: Path, *, listener: str = "", kind: str = "auto", job: Job) -> ListensReport:
        """Import a log whole or not at all; what was imported before is not counted again.

        ``listener`` is whose log it is, "" or "me" the person at this desk; lines that name people of their own go to
        those, unless a listener is given and the log names one person only. ``kind`` is one of ``KINDS``, or "auto".
        Lines of which the library has no track are kept, and matched again when it has grown. Raises NotFound,
        NothingYet, UnreadableLog, BadRequest.
        """
        log = _belonging(self._read(path, kind, job), listener)
        found = self._matched(dict.fromkeys(map(Heard.of, log.listens)), job)
        job.begin("Writing the log")
        added = self._listeners.add(log.listens, kind=log.kind, found=found)
        self._events.listeners_changed.emit(None)
        names = tuple(dict.fromkeys(line.listener for line in log.listens))
        read = len(log.listens)
        return ListensReport(path, log.kind, names, read, added.new, added.matched, log.bad, added.undated)

    def _read(self, path: Path, kind: str, job: Job) -> ListenLog:
        if kind == "playlist" or (kind == "auto" and reading.kind_of(path) == "playlist"):
            return _of_playlist(path)
        return reading.read(path, kind=kind, job=job)

    def match(self, job: Job) -> int:
        """Look again for tracks that the library lacked so far; how many of those that lines name it has now."""
        named = {} if self._listeners.empty else self._listeners.named(open_only=True)
        found = self._matched(dict.fromkeys(named.values()), job) if named else {}
        fresh = {id_: found[heard] for id_, heard in named.items() if found[heard]}
        if fresh:
            self._listeners.set_matches(fresh)
            self._events.listeners_changed.emit(None)
        self._stale = False
        return len(fresh)

    def match_if_needed(self, job: Job) -> None:
        """Match again if the library may have changed since."""
        if self._stale:
            self.match(job)

    def _matched(self, named: dict[Heard, None], job: Job) -> dict[Heard, tuple[str, ...]]:
        job.begin("Looking at the library")
        tracks = self._tracks.all(include_missing=True)
        matcher = Matcher(job.each(tracks, text="Looking at the library"))
        job.begin("Looking for its tracks", total=len(named))
        found = {}
        for number, heard in enumerate(named, start=1):
            found[heard] = matcher.sounds(heard)
            if number % AT_ONCE == 0:
                job.advance(AT_ONCE)
        job.advance(len(named) % AT_ONCE)
        return found

    def _library_changed(self, _: None) -> None:
        self._stale = True

    # ------------------------------------------------------------------------------------------ who is there

    def listeners(self) -> tuple[Listener, ...]:
        """Everyone whose listening is known, the person at this desk ("") first, who is always there.

        ``listens`` and ``unmatched`` count lines of logs; ``tracks`` and ``latest`` of the person at this desk count
        what was heard and said here too.
        """
        known = {listener.name: listener for listener in self._listeners.listeners()}
        mine = known.pop("", Listener("", 0, 0, 0))
        said = self._feedback.all()
        if said:
            here = {audio_hash for audio_hash, feedback in said.items() if _says_something(feedback)}
            elsewhere = {s.audio_hash for s in self._listeners.sums() if not s.listener} if mine.listens else set()
            played = max((feedback.last_played for feedback in said.values()), default=0.0)
            latest = max(played, mine.latest or 0.0) or None
            mine = replace(mine, tracks=len(here | elsewhere), latest=latest)
        return (mine, *known.values())

    def heard_by(self, listener: str = "", *, limit: int = 50) -> tuple[HeardTrack, ...]:
        """What a listener likes and plays most of the library, best first. Raises NotFound."""
        log, name = self.log(), self._known_name(listener)
        rows = np.flatnonzero(log.users == log.names.index(name)) if name in log.names else np.zeros(0, np.int64)
        by_hash = self._tracks.all().by_hash
        best = rows[np.lexsort((-log.plays[rows], -log.degrees[rows]))].tolist()
        found = [
            HeardTrack(by_hash[log.hashes[r]], float(log.plays[r]), float(log.degrees[r]), _known_time(log.times[r]))
            for r in best
            if log.hashes[r] in by_hash
        ]
        return tuple(found[:limit])

    def _known_name(self, name: str) -> str:
        """The listener's name as it is kept. Raises NotFound."""
        wanted = _who(name).casefold()
        known = [listener.name for listener in self.listeners()]
        found = next((one for one in known if one.casefold() == wanted), None)
        if found is None:
            others = ", ".join(f"“{one}”" for one in known if one) or "only you"
            raise NotFound(f"There is no listener called “{name}”. There is: {others}.")
        return found

    def unmatched(self, limit: int = 200) -> tuple[Listen, ...]:
        """What was heard elsewhere and is not in the library, most heard first; one line a listener and track."""
        return self._listeners.unmatched(limit)

    def remove(self, listener: str) -> None:
        """Forget what was imported for a listener; what the person at this desk did here stays. Raises NotFound."""
        self._listeners.remove(_who(listener))
        self._events.listeners_changed.emit(None)

    def rename(self, old: str, new: str, *, join: bool = False) -> None:
        """Give a listener another name; "me" makes their log that of the person at this desk.

        ``join`` makes one of two that have the same name then. Raises NotFound, and BadRequest if the name is taken.
        """
        if not _who(old):
            raise BadRequest("You are always “me” here. To give your imported log to someone, remove it and import it.")
        self._listeners.rename(_who(old), _who(new), join=join or not _who(new))
        self._events.listeners_changed.emit(None)

    # ------------------------------------------------------------------------------------------ what they did

    def log(self) -> ListenerLog:
        """What everyone did with the sounds of the library, one preference degree a listener and sound.

        The person at this desk is the first, with feedback, plays, and what was imported for them.
        """
        imported, others = self._imported()
        own = _rows({"": _with_feedback(imported, self._feedback.all())})
        return ListenerLog(
            own.names + others.names,
            np.concatenate([own.users, others.users + 1]),
            own.hashes + others.hashes,
            np.concatenate([own.degrees, others.degrees]),
            np.concatenate([own.times, others.times]),
            np.concatenate([own.plays, others.plays]),
        )

    def _imported(self) -> tuple[list[_Done], ListenerLog]:
        """What was imported for the person at this desk, and for all others; summed up once, until more comes in."""
        if self._summed is None:
            told: dict[str, list[_Done]] = {"": []}
            for line in self._listeners.sums():
                told.setdefault(line.listener, []).append(_Done(*line[1:]))
            self._summed = told.pop(""), _rows(told)
        return self._summed

    def _heard_more(self, _: None) -> None:
        self._summed = None


def in_words(report: ListensReport) -> str:
    """What an import brought, in a sentence or two with counts."""
    missing = report.new - report.matched
    sentences = [f"{report.read:,} lines read, {report.new:,} of them new."]
    if report.new and not report.matched:
        sentences.append(
            "None of them is in the library. They are kept, and matched again when the library has grown; "
            "check artists and titles in: musicdesk listens unmatched"
        )
    elif report.new:
        sentences.append(f"The library has the track of {report.matched:,}; {missing:,} are kept until it has theirs.")
    if report.undated:
        sentences.append(f"{report.undated:,} have no time: they count, but nobody can know when.")
    if report.bad:
        line, reason = report.bad[0]
        many = (
            f"{len(report.bad):,} lines say nothing and were"
            if len(report.bad) > 1
            else "One line says nothing and was"
        )
        sentences.append(f"{many} left out (line {line}: {reason})")
    return " ".join(sentences)


def _belonging(log: ListenLog, listener: str) -> ListenLog:
    """The log with every line's listener settled."""
    given, listener = bool(listener.strip()), _who(listener)
    names = {line.listener for line in log.listens}
    if names == {""} and not listener:
        return log
    lone = given and len(names) == 1
    lines = tuple(line if line.listener and not lone else replace(line, listener=listener) for line in log.listens)
    return replace(log, listens=lines)


def _who(name: str) -> str:
    """A listener's name as it is kept; "me" is the person at this desk."""
    name = " ".join(name.split())
    return "" if name.casefold() == "me" else name


def _known_time(at: float) -> float | None:
    return None if np.isnan(at) else float(at)


def _of_playlist(path: Path) -> ListenLog:
    """The tracks of a playlist: somebody likes them enough to have put them there."""
    try:
        playlist = files.read(path)
    except UnreadablePlaylist as error:
        raise UnreadableLog(str(error)) from error
    lines = tuple(
        Listen(e.artist, e.title, e.album, e.recording_mbid, e.path, e.length_s, count=0, liked=True, line=number)
        for number, e in enumerate(playlist.entries, start=1)
    )
    if not lines:
        raise NothingYet(f"“{path.name}” is an empty playlist.")
    return ListenLog("playlist", lines)


def _says_something(said: Feedback) -> bool:
    return bool(said.liked or said.disliked or said.plays or said.stars is not None)


def _with_feedback(imported: Sequence[_Done], feedback: Mapping[str, Feedback]) -> list[_Done]:
    """Plays here and elsewhere together; what was said here counts before what was said elsewhere."""
    done = {one.audio_hash: one for one in imported}
    for audio_hash, said in feedback.items():
        if not _says_something(said):
            continue
        other = done.get(audio_hash, _Done(audio_hash, 0.0, 0.0, None, liked=False, latest=None))
        done[audio_hash] = _Done(
            audio_hash,
            plays=other.plays + said.plays,
            skips=other.skips,
            stars=other.stars if said.stars is None else said.stars,
            liked=said.liked or (other.liked and said.stars is None),
            latest=max(other.latest or 0.0, said.last_played) or None,
            disliked=said.disliked,
        )
    return list(done.values())


def _rows(told: Mapping[str, Sequence[_Done]]) -> ListenerLog:
    """What these listeners did, as columns; what tells neither for nor against is left out."""
    done = [one for lines in told.values() for one in lines]
    degree = np.concatenate([np.zeros(0, np.float32), *(_degrees(lines) for lines in told.values())])
    users = np.repeat(np.arange(len(told)), [len(lines) for lines in told.values()])
    times = np.array([np.nan if one.latest is None else one.latest for one in done], dtype=np.float64)
    plays = np.array([one.plays for one in done], dtype=np.float32)
    tells = np.flatnonzero(degree)
    hashes = tuple(done[row].audio_hash for row in tells.tolist())
    return ListenerLog(tuple(told), users[tells], hashes, degree[tells], times[tells], plays[tells])


def _degrees(done: Sequence[_Done]) -> FloatArray:
    return degrees(
        np.array([one.plays for one in done], dtype=np.float64),
        skips=np.array([one.skips for one in done], dtype=np.float64),
        stars=np.array([np.nan if one.stars is None else one.stars for one in done], dtype=np.float64),
        liked=np.array([one.liked for one in done], dtype=bool),
        disliked=np.array([one.disliked for one in done], dtype=bool),
    )
