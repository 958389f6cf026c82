"""Windows of a track: a few stretches of sound, spread over it, that an encoder listens to.

Read by seeking, not by decoding the whole file. A place that is silent (fade, gap before a hidden track) or that cannot
be decoded gives way to the nearest one that sounds.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from musicdesk.audio import trace
from musicdesk.audio.decode import SLACK_S, Reader, open_audio
from musicdesk.audio.loudness import SILENCE_DB, rms_db, sounding, trim
from musicdesk.errors import BadRequest, UnreadableAudio
from musicdesk.records import FloatArray

_PLACES = 8
"""Places to look at for each window that is wanted, before the file is searched from end to end."""
_SOUNDING = 0.5
"""Share of a window that must not be silent, as long as there are better windows."""
_MAX_FAILURES = 12
_SEARCH_S = 30.0
_SEARCHED_S = 1800.0
"""So much of a track is searched for its first sound: hours of silence fit into a few kilobytes."""
_PROBE_S = 0.25
_SHORTEST_S = 0.5
"""Less than this of a longer track says nothing about it."""
_NO_END = "The end cannot be decoded."
_SILENT = "There is only silence in it."


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """What was heard of a track."""

    samples: tuple[FloatArray, ...]  # each [n] mono; n = window_s · rate, or one shorter window of a short file
    starts_s: tuple[float, ...]
    length_s: float
    """The track's declared length."""
    partial: bool = False
    """Whether sound is missing that the file promises."""
    reason: str = ""
    """A sentence that says what is missing, or that it is silent."""
    silent: bool = False
    silence: float = 0.0
    """How much of the places that were looked at first is silent, 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """One place that could be read in full."""

    start_s: float
    samples: FloatArray
    share: float
    """How much of it is not silent; 0 if it is silent as a whole."""


def spread(path: str, *, rate_hz: int, window_s: float, count: int) -> Windows:
    """At most ``count`` windows of ``window_s`` at ``rate_hz``, spread evenly over the track, in order.

    A file shorter than a window gives one short window, without the silence around it; fewer windows than asked for
    come from a track too short for them. Raises UnreadableAudio where nothing can be decoded at all.
    """
    if not (window_s > 0 and count > 0 and rate_hz > 0):
        raise BadRequest(f"{count} windows of {window_s} s at {rate_hz} Hz cannot be had.")
    trace.note(path)
    with open_audio(path) as reader:
        if reader.info.length_s <= window_s + SLACK_S:
            return _whole(reader, rate_hz=rate_hz, window_s=window_s)
        return _Search(reader, rate_hz=rate_hz, window_s=window_s, count=count).windows()


def _whole(reader: Reader, *, rate_hz: int, window_s: float) -> Windows:
    """The single window of a short file."""
    length_s = reader.info.length_s
    clip = reader.read(0.0, rate_hz=rate_hz)
    reason = reader.cut_off or (_NO_END if clip.length_s < length_s - SLACK_S else "")
    samples, start_s = trim(clip.samples, rate_hz)
    if not len(samples):
        return Windows((), (), length_s, bool(reason), _SILENT, silent=True)
    silence = 1 - len(samples) / len(clip.samples)
    return Windows((samples[: round(window_s * rate_hz)],), (start_s,), length_s, bool(reason), reason, silence=silence)


class _Search:
    """The search for sounding places in one open file."""

    def __init__(self, reader: Reader, *, rate_hz: int, window_s: float, count: int) -> None:
        self._reader, self._rate_hz, self._window_s = reader, rate_hz, window_s
        self._end_s = self._length_s = reader.info.length_s
        self._most = count
        self._tried: dict[float, _Heard | None] = {}

    def windows(self) -> Windows:
        """Look at the even places, move from those that will not do, then say what was found."""
        places = self._even(self._count)
        if not self._look_at(places) and self._tried[places[-1]] is None:
            self._end_s = self._readable_end()
            if self._end_s < _SHORTEST_S:
                raise UnreadableAudio(f"Almost nothing of {self._reader.name} can be decoded; the file is damaged.")
            self._tried.clear()
            places = self._even(self._count)
            self._look_at(places)
        silence = self._silence(places)
        if self._good < self._count:
            self._move_from(places)
        return replace(self._told(self._best() or self._first_sound()), silence=silence)

    def _silence(self, places: list[float]) -> float:
        """How much of these places is silent; those that cannot be read do not count."""
        shares = [heard.share for place in places if (heard := self._tried[place])]
        return 1 - sum(shares) / len(shares) if shares else 0.0

    def _told(self, heard: list[_Heard]) -> Windows:
        reason = self._missing()
        if heard:
            samples, starts = tuple(h.samples for h in heard), tuple(h.start_s for h in heard)
            return Windows(samples, starts, self._length_s, bool(reason), reason)
        if not any(self._tried.values()) or self._end_s < self._length_s:
            raise UnreadableAudio(f"Nothing of {self._reader.name} can be decoded; the file is damaged.")
        return Windows((), (), self._length_s, bool(reason), _SILENT, silent=True)

    @property
    def _count(self) -> int:
        return max(1, min(self._most, math.ceil(self._end_s / self._window_s)))

    @property
    def _good(self) -> int:
        return sum(heard is not None and heard.share >= _SOUNDING for heard in self._tried.values())

    @property
    def _failures(self) -> int:
        return sum(heard is None for heard in self._tried.values())

    def _even(self, count: int) -> list[float]:
        """Where windows begin whose middles lie evenly over what can be read."""
        middles = (np.arange(count) + 0.5) * self._end_s / count
        last = max(0.0, self._end_s - self._window_s)
        return [float(place) for place in np.clip(middles - self._window_s / 2, 0, last)]

    def _look_at(self, places: list[float]) -> bool:
        fine = [self._look(place) for place in places]
        return all(fine)

    def _look(self, place: float) -> bool:
        """Read the window at a place; whether it will do."""
        if place not in self._tried:
            self._tried[place] = self._heard(place)
        heard = self._tried[place]
        return heard is not None and heard.share >= _SOUNDING

    def _heard(self, place: float) -> _Heard | None:
        """What is heard at a place; None if it cannot be read in full."""
        try:
            clip = self._reader.read(place, self._window_s, rate_hz=self._rate_hz)
        except UnreadableAudio:
            return None
        wanted = round(min(self._window_s, self._end_s) * self._rate_hz)
        if len(clip.samples) < wanted - SLACK_S * self._rate_hz:
            return None
        samples = np.pad(clip.samples, (0, max(0, wanted - len(clip.samples))))
        share = float(sounding(samples, self._rate_hz).mean()) if rms_db(samples) >= SILENCE_DB else 0.0
        return _Heard(clip.start_s, samples, share)

    def _readable_end(self) -> float:
        """Where a file that was cut off stops, to half a window: bisection between what can and what cannot be read."""
        low = max((place + self._window_s for place, heard in self._tried.items() if heard), default=0.0)
        high = max(low, self._length_s)
        while high - low > min(self._window_s, max(low, 1.0)) / 2:
            middle = (low + high) / 2
            low, high = (middle, high) if self._reads(middle - _PROBE_S) else (low, middle)
        return max(low, _PROBE_S)

    def _reads(self, at: float) -> bool:
        """Whether a moment can be decoded."""
        try:
            clip = self._reader.read(max(0.0, at), _PROBE_S, rate_hz=self._rate_hz)
        except UnreadableAudio:
            return False
        return clip.length_s > _PROBE_S / 2

    def _move_from(self, places: list[float]) -> None:
        """For each even place that will not do, look outwards from it."""
        slots = self._even(min(_PLACES * self._count, int(self._end_s / self._window_s)))
        for place in [place for place in places if not self._look(place)]:
            for slot in self._free(slots, near=place):
                if self._failures > _MAX_FAILURES or self._look(slot):
                    break

    def _free(self, slots: list[float], *, near: float) -> Iterator[float]:
        """Slots that overlap no window heard so far, the nearest first."""
        for slot in sorted(slots, key=lambda slot: abs(slot - near)):
            if all(abs(slot - tried) >= self._window_s * 0.999 for tried, heard in self._tried.items() if heard):
                yield slot

    def _best(self) -> list[_Heard]:
        """The windows to keep: those that sound most, in the order of the track."""
        heard = sorted((h for h in self._tried.values() if h and h.share > 0), key=lambda h: h.share < _SOUNDING)
        return sorted(heard[: self._count], key=lambda h: h.start_s)

    def _first_sound(self) -> list[_Heard]:
        """Nothing but silence so far: read the track from its beginning until something sounds."""
        end_s = min(self._end_s, _SEARCHED_S)
        for at in np.arange(0.0, end_s, _SEARCH_S) if any(self._tried.values()) else ():
            try:
                clip = self._reader.read(float(at), _SEARCH_S, rate_hz=self._rate_hz)
            except UnreadableAudio:
                continue
            found, begins_s = trim(clip.samples, self._rate_hz)
            place = max(0.0, min(clip.start_s + begins_s, self._end_s - self._window_s))
            heard = self._heard(place) if len(found) else None
            if heard and heard.share > 0:
                return [heard]
        return []

    def _missing(self) -> str:
        """A sentence that says what the file promises and does not hold, or ""."""
        if self._end_s < self._length_s:
            return f"The sound ends after {self._end_s:.0f} s of the {self._length_s:.0f} s that the header promises."
        if cut_off := self._reader.cut_off:
            return cut_off
        if self._failures:
            return f"{self._failures} of {len(self._tried)} places cannot be decoded."
        return "" if self._reads(self._length_s - 1.0) else _NO_END
