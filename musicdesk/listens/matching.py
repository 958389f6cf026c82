"""Which track of the library a line means that another program wrote: a playlist's, a player's or a service's.

The surest evidence decides: the file itself, the MusicBrainz recording, then artist and title, then the end of the
path. Spelling does not count (case, accents, signs, "The", "&", who features in which field, the year of a remaster);
what makes another recording does (live, remix, acoustic, …), and so does a length that is told and differs. Where
several recordings fit, the album and the length choose; where they do not, none is taken: a guess would put one
recording's plays on another.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from musicdesk.records import Listen, PlaylistEntry, Track
from musicdesk.store.heard import Heard
from musicdesk.tracks import fold

CLOSE_S = 3.0
"""Lengths that differ by less are those of one recording; other programs round them, and count silence differently."""
CLOSE_SHARE = 0.02


Line = Listen | PlaylistEntry | Heard
"""What may tell of a track; "" and None where it does not."""


# -------------------------------------------------------------------------------------------------------- words

_FEATURING = re.compile(r"[\s(\[,]+(?:feat|ft|featuring)\b\.?\s+", re.IGNORECASE)
_GUESTS = re.compile(
    r"[(\[]\s*(?:feat|ft|featuring|with)\b\.?\s+([^)\]]+)[)\]]|\s(?:feat|ft|featuring)\b\.?\s+([^(\[]+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3}.*\.")
_BRACKETS = re.compile(r"[\(\[\{]([^)\]\}]*)[\)\]\}]")
_DASH = re.compile(r"\s+[-–—]\s+")
_LINKS = frozenset({"and", "und", "et", "y", "the", "feat", "ft", "featuring", "with", "vs", "versus", "x"})
_SAME = frozenset(
    {
        "remaster", "remastered", "remasterd", "remastering", "digital", "digitally", "stereo", "mono", "explicit",
        "clean", "album", "lp", "original", "version", "deluxe", "edition", "expanded", "anniversary", "bonus",
        "track", "official", "audio", "video", "hd", "hq", "single", "mix", "recording", "reissue", "the", "from",
    }
)  # fmt: skip
"""Words behind a title that leave the recording what it is, if all of them are such (or numbers)."""
_OTHER = frozenset(
    {
        "live", "remix", "rmx", "mix", "edit", "acoustic", "unplugged", "demo", "instrumental", "karaoke", "cover",
        "version", "take", "session", "sessions", "rehearsal", "outtake", "alternate", "alternative", "dub", "extended",
        "radio", "reprise", "orchestral", "piano", "acapella", "cappella", "mashup", "bootleg", "vip", "rework",
        "remastered", "remaster", "remixed", "mono", "stereo", "bonus", "deluxe", "edition", "single", "concert",
    }
)  # fmt: skip
"""Words that tell a version where they stand behind a dash; anything else there belongs to the title."""


class Words(NamedTuple):
    """A title taken apart."""

    core: str
    """The title itself, one spelling."""
    version: str
    """What makes it another recording than the plain one ("live at wembley"); "" for the plain one."""
    guests: str
    """Who features, where the title says so."""
    whole: str
    """All of it without the guests."""

    def fits(self, other: "Words") -> bool:
        """Whether both name the same version of the same title."""
        return self.whole == other.whole or (self.core, self.version) == (other.core, other.version)


def plain(text: str) -> str:
    """One spelling for what is written the same: no case, no accents, words only; signs alone stay as they are."""
    folded = fold(text).replace("'", "").replace("’", "")
    return " ".join(re.findall(r"\w+", folded)) or folded


def people(text: str) -> str:
    """One spelling for a name or several, whatever joins them; a name of joining words alone keeps them."""
    words = plain(text.replace("&", " and ").replace("+", " and ")).split()
    return " ".join(word for word in words if word not in _LINKS) or " ".join(words)


def leading(text: str) -> str:
    """The artist without those who feature."""
    return people(_FEATURING.split(text, maxsplit=1)[0])


@lru_cache(maxsize=1 << 16)
def words_of(title: str) -> Words:
    """Core, version and guests of a title."""
    guests = next((people(a or b) for a, b in _GUESTS.findall(title)), "")
    bare = _GUESTS.sub(" ", title)
    inside = [text for text in _BRACKETS.findall(bare) if text.strip()]
    core = _BRACKETS.sub(" ", bare)
    head, *tail = _DASH.split(core)
    while tail and set(plain(tail[-1]).split()) & _OTHER:
        inside.append(tail.pop())
    core = plain(" ".join((head, *tail)))
    if not core:  # a title that stands in brackets whole
        return Words(plain(bare), "", guests, plain(bare))
    kept = [text for text in map(plain, inside) if not _says_nothing(text)]
    return Words(core, " ".join(sorted(kept)), guests, plain(bare))


def _says_nothing(version: str) -> bool:
    words = version.split()
    return all(word in _SAME or word.isdigit() or re.fullmatch(r"\d+(st|nd|rd|th)", word) for word in words)


# ------------------------------------------------------------------------------------------------------ the index


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A track as far as lines can tell of it."""

    track: int
    audio_hash: str
    path: str
    """Folded."""
    words: Words
    everyone: str
    """All artists and guests."""
    album: str
    length_s: float
    mbid: str


class Matcher:
    """Finds the tracks that lines mean; made from the library once, tens of microseconds a line afterwards."""

    def __init__(self, tracks: Iterable[Track]) -> None:
        self._known: list[_Known] = []
        self._by_path: dict[str, list[_Known]] = {}
        self._by_mbid: dict[str, list[_Known]] = {}
        self._by_words: dict[tuple[str, str], list[_Known]] = {}
        self._by_file: dict[str, list[_Known]] = {}
        self._by_artist: dict[str, dict[str, None]] = {}
        for track in tracks:
            self._learn(track)

    def _learn(self, track: Track) -> None:
        tags = track.tags
        path, words = _one_path(track.path), words_of(track.title)
        artists = tags.artists or tags.album_artists
        everyone = people(" ".join((*artists, words.guests)))
        known = _Known(
            track.id, track.audio_hash, path, words, everyone, plain(tags.album), track.length_s,
            tags.recording_mbid.casefold(),
        )  # fmt: skip
        self._by_path.setdefault(path, []).append(known)
        self._by_file.setdefault(path.rpartition("/")[2], []).append(known)
        if known.mbid:
            self._by_mbid.setdefault(known.mbid, []).append(known)
        names = dict.fromkeys((people(" ".join(artists)), *map(leading, (*artists[:1], *tags.album_artists[:1]))))
        for name in names:
            for title in {words.core, words.whole}:
                self._by_words.setdefault((name, title), []).append(known)
        for name in (*names, *map(people, artists)):
            if name and known.audio_hash:
                self._by_artist.setdefault(name, {})[known.audio_hash] = None

    # ------------------------------------------------------------------------------------------- asking

    def track(self, line: Line) -> int | None:
        """The id of the track that the line means, or None."""
        found = self._found(line)
        return None if found is None else found.track

    def sounds(self, line: Line) -> tuple[str, ...]:
        """The audio hash of the sound that the line means; all of an artist's where it names no more than the artist.

        Empty where the library has none of it, or several and nothing tells which.
        """
        if line.title or line.path or line.recording_mbid:
            found = self._found(line)
            return (found.audio_hash,) if found is not None and found.audio_hash else ()
        return tuple(self._by_artist.get(people(line.artist), ())) if line.artist else ()

    def _found(self, line: Line) -> _Known | None:
        path = _one_path(line.path) if line.path else ""
        at_path = [k for k in self._by_path.get(path, ()) if _may_be(line.length_s, k.length_s)] if path else []
        if at_path:
            return at_path[0]
        named = self._by_mbid.get(line.recording_mbid.casefold()) if line.recording_mbid else None
        if named:
            return named[0] if len(named) == 1 else _chosen(named, line) or _nearest(named, line.length_s)
        return (self._worded(line) if line.title else None) or (self._filed(line, path) if path else None)

    def _worded(self, line: Line) -> _Known | None:
        words = words_of(line.title)
        lead = leading(line.artist)
        names, titles = dict.fromkeys((people(line.artist), lead)), {words.core, words.whole}
        found = {id(k): k for name in names for t in titles for k in self._by_words.get((name, t), ())}
        fitting = [k for k in found.values() if _same_version(words, k, line)]
        everyone = people(f"{line.artist} {words.guests}")
        exact = [k for k in fitting if set(k.everyone.split()) == set(everyone.split())]
        alone = [k for k in fitting if k.everyone == lead or everyone == lead]
        return _chosen(exact, line) or (None if exact else _chosen(alone, line))

    def _filed(self, line: Line, path: str) -> _Known | None:
        """The track whose file ends like the path, if enough of it does, or something else speaks for it too."""
        parts = [part for part in path.split("/") if part]
        near = [k for k in self._by_file.get(parts[-1] if parts else "", ()) if _may_be(line.length_s, k.length_s)]
        shared = {id(k): _shared_end(parts, k.path.split("/")) for k in near}
        most = max(shared.values(), default=0)
        whole = most == len(parts) > 1 and not line.path.startswith(
            "/"
        )  # told from the music's own folder, as MPD does
        best = [
            k for k in near if shared[id(k)] == most and (whole or _is_evidence(most, line, k, alone=len(near) == 1))
        ]
        return _chosen(best, line)


def _is_evidence(shared: int, line: Line, known: _Known, *, alone: bool) -> bool:
    """Whether paths that end alike in so many names are enough, with what else the line tells."""
    measured = bool(line.length_s)
    if not line.title:
        return (
            shared > 1 or measured or (alone and re.search(r"[^\W\d_]{3}", known.path.rpartition("/")[2]) is not None)
        )
    if words_of(line.title).fits(known.words):
        return shared > 1 or measured
    return shared > 2 or (shared > 1 and measured)


def _chosen(candidates: Sequence[_Known], line: Line) -> _Known | None:
    """The one that album and length choose; None where they leave several recordings."""
    fitting = [k for k in candidates if _may_be(line.length_s, k.length_s)]
    if line.album and len(fitting) > 1:
        fitting = [k for k in fitting if k.album == plain(line.album)] or fitting
    if not fitting:
        return None
    best = _nearest(fitting, line.length_s)
    one = {k.audio_hash for k in fitting if k.audio_hash} or {""}
    return best if len(one) == 1 or line.length_s or _one_recording(fitting) else None


def _nearest(candidates: Sequence[_Known], length_s: float | None) -> _Known:
    if not length_s:
        return candidates[0]
    return min(candidates, key=lambda k: abs(k.length_s - length_s))


def _one_recording(candidates: Sequence[_Known]) -> bool:
    """Whether these are, by all that is known, copies of one recording: the same MusicBrainz id, or the same length."""
    ids = {k.mbid for k in candidates}
    if len(ids) == 1 and "" not in ids:
        return True
    if len(ids - {""}) > 1:
        return False
    lengths = [k.length_s for k in candidates]
    return max(lengths) - min(lengths) <= 1.0


def _same_version(words: Words, known: _Known, line: Line) -> bool:
    mine, theirs = words.version, known.words.version
    if words.fits(known.words):
        return True
    # "live" may be "live at wembley" if the length says so too; never the plain one
    told = words.core == known.words.core and bool(mine) and bool(theirs) and bool(line.length_s)
    return told and (set(mine.split()) <= set(theirs.split()) or set(theirs.split()) <= set(mine.split()))


def _may_be(told_s: float | None, length_s: float) -> bool:
    """Whether a track of this length may be what a line tells; nothing is known of lengths of 0."""
    if told_s is None or told_s <= 0 or length_s <= 0:
        return True
    return abs(told_s - length_s) <= max(CLOSE_S, CLOSE_SHARE * length_s)


def _shared_end(one: Sequence[str], other: Sequence[str]) -> int:
    """How many names two paths end in alike."""
    count = 0
    for mine, theirs in zip(reversed(one), reversed(other), strict=False):
        if mine != theirs:
            break
        count += bool(mine)
    return count


def _one_path(path: str) -> str:
    """One spelling for a path: NFC, no case, slashes."""
    path = path.replace("\\", "/") if os.sep == "/" else path
    return path.casefold() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
