"""Every window of a track: stretches of sound all over it that overlap, to find the best place in it.

Where ``windows`` takes a few places that stand for a track, this takes them all; what is silent is left out, so the
fade at either end is never the best place. Read in stretches of a minute, so that little is decoded twice.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from musicdesk.audio import trace
from musicdesk.audio.decode import SLACK_S, Reader, open_audio
from musicdesk.audio.loudness import SILENCE_DB, rms_db, sounding
from musicdesk.audio.windows import Windows, spread
from musicdesk.errors import BadRequest, UnreadableAudio
from musicdesk.records import FloatArray

BLOCK_S = 60.0
_Places = npt.NDArray[np.float64]
_SOUNDING = 0.5
"""Share of a window that must not be silent; of music with rests, so much of what is usual in it."""


def throughout(path: str, *, rate_hz: int, window_s: float, hop_s: float, most: int) -> Windows:
    """Windows of ``window_s`` at ``rate_hz`` that begin every ``hop_s``, or further apart where that makes ``most``.

    Windows that are silent or cannot be decoded are left out; a file shorter than a window gives one. Raises
    UnreadableAudio where nothing can be decoded at all.
    """
    if not (window_s > 0 and hop_s > 0 and most > 0 and rate_hz > 0):
        raise BadRequest(f"{most} windows of {window_s} s every {hop_s} s cannot be had.")
    trace.note(path)
    with open_audio(path) as reader:
        length_s = reader.info.length_s
        if length_s <= window_s + SLACK_S:
            return spread(path, rate_hz=rate_hz, window_s=window_s, count=1)
        starts = _starts(length_s - window_s, hop_s, most)
        found = list(_read(reader, starts, rate_hz=rate_hz, window_s=window_s))
    if not found:
        raise UnreadableAudio(f"Nothing of {reader.name} can be decoded; the file is damaged.")
    shares = np.array([_share(samples, rate_hz) for _, samples in found])
    least = _SOUNDING * float(np.median(shares[shares > 0])) if shares.any() else 1.0
    heard = [window for window, share in zip(found, shares.tolist(), strict=True) if share >= least]
    return Windows(
        tuple(samples for _, samples in heard), tuple(start for start, _ in heard), length_s,
        silent=not heard, silence=1 - len(heard) / len(found),
    )  # fmt: skip


def _starts(last_s: float, hop_s: float, most: int) -> _Places:
    """Where windows begin, evenly from the first to the last place that is possible."""
    count = min(most, 1 + int(np.ceil(last_s / hop_s)))
    return np.linspace(0.0, last_s, count) if count > 1 else np.array([last_s / 2])


def _read(reader: Reader, starts: _Places, *, rate_hz: int, window_s: float) -> Iterator[tuple[float, FloatArray]]:
    """Every window that can be read in full, and where it begins."""
    size = round(window_s * rate_hz)
    for group in _blocks(starts, window_s):
        first = float(group[0])
        try:
            clip = reader.read(first, float(group[-1]) - first + window_s, rate_hz=rate_hz)
        except UnreadableAudio:
            continue
        for start in group.tolist():
            at = round((start - clip.start_s) * rate_hz)
            samples = clip.samples[max(0, at) : max(0, at) + size]
            if len(samples) >= size - SLACK_S * rate_hz:
                yield start, np.pad(samples, (0, size - len(samples)))


def _blocks(starts: _Places, window_s: float) -> Iterator[_Places]:
    """Places that are read in one go: those that overlap, within a minute; one by one where they lie apart."""
    apart = len(starts) > 1 and float(starts[1] - starts[0]) > window_s
    at = 0
    while at < len(starts):
        upto = at + 1 if apart else max(at + 1, int(np.searchsorted(starts, starts[at] + BLOCK_S)))
        yield starts[at:upto]
        at = upto


def _share(samples: FloatArray, rate_hz: int) -> float:
    """How much of a window is not silent; 0 if it is silent as a whole."""
    return float(sounding(samples, rate_hz).mean()) if rms_db(samples) >= SILENCE_DB else 0.0
