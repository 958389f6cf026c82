"""A few hundred bytes that tell the same recording in another encoding from another recording.

After Haitsma & Kalker, "A highly robust audio fingerprinting system" (ISMIR 2002): each bit says whether the
difference of energy between neighbouring bands grows or falls with time, which neither a codec nor a volume knob
changes much. Only the windows that an encoder hears are looked at, so prints are compared within one encoder alone. A
frame spans over half a second and there are ten a second, so that copies that begin at slightly different moments still
agree.
"""

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.features.mel import spectrogram
from musicdesk.records import FloatArray, IntArray

LONGEST = 400
"""Bytes of a fingerprint at most."""
STEP_S, SPAN_S, MOVE_S = 0.1, 0.6, 0.3
"""Time from frame to frame, how much sound a frame looks at, and over what time it is told whether things move."""
BANDS = 16
LOW_HZ, HIGH_HZ = 300.0, 3000.0
MAX_SHIFT_S = 2.0
"""How far two copies may be apart: other beginnings, the delay of an encoder."""
LEAST_FRAMES = 36
"""As many frames must meet before their agreement means anything: two windows of three seconds."""
CHANCE = 0.5
"""What two recordings that have nothing to do with each other agree in."""
SAME = 0.72
"""From this agreement on two prints are of one recording.

Copies in low MP3, Opus, Vorbis and AAC agree in .85 and more, and moved by up to two seconds in .78; of 1.4 million
pairs of excerpts of different music, taken at equal times, none reached .64.
"""
LIKELY = 0.66
"""Below this agreement in a first look, which leaves windows where they are, nothing better is to be expected."""
LOOK = 160
"""Words that a first look takes: all of six windows of three seconds."""
_GLANCE = np.r_[1:21, 105:125]
"""Words of an early and of a late window: whichever end was cut, one of them still begins where it did."""
_GLANCE_LIKELY = 0.6
_VERSION = 1
_HEAD = struct.Struct("<BB")  # version, number of windows
_WINDOW = struct.Struct("<HB")  # number of its first frame from the track's beginning, number of frames
_FINE_S = 0.05
_FLOOR = 1e-7
"""Share of a band's mean energy in the track that counts as nothing: the noise a codec leaves in a rest."""

Words = npt.NDArray[np.uint16]
"""One word of ``BANDS`` bits a frame; 0 where nothing moves, which is left out of every comparison."""


def fingerprint(windows: Sequence[FloatArray], starts_s: Sequence[float], *, rate_hz: int) -> bytes:
    """The fingerprint of windows of one track (mono, each beginning at ``starts_s``); b"" if they are too short.

    At most ``LONGEST`` bytes: of many or long windows the middle is kept. Raises BadRequest if the numbers of windows
    and starts differ.
    """
    if len(windows) != len(starts_s):
        raise BadRequest(f"{len(windows)} windows cannot begin at {len(starts_s)} places.")
    most = min(255, _room(len(windows)))
    parts = [_part(*one, rate_hz=rate_hz, most=most) for one in zip(windows, starts_s, strict=True)]
    parts = [part for part in parts if part]
    return _HEAD.pack(_VERSION, len(parts)) + b"".join(parts) if parts else b""


def agreement(a: bytes, b: bytes) -> float:
    """Share of equal bits where they agree best, 0 to 1; ``CHANCE`` where there is too little to compare.

    What another version of this module wrote, or a damaged print, is too little.
    """
    left_at, left = _read(a)
    right_at, right = _read(b)
    if len(left) < LEAST_FRAMES or len(right) < LEAST_FRAMES:
        return CHANCE
    reach = round(MAX_SHIFT_S / STEP_S)
    track = np.zeros(max(int(left_at[-1]), int(right_at[-1])) + 2 * reach + 1, dtype=np.uint16)
    track[right_at + reach] = right
    met = track[left_at + np.arange(2 * reach + 1)[:, None]]  # [shifts, frames]
    counts = (met != 0).sum(axis=1)
    wrong = np.where(met != 0, _ones()[met ^ left], 0).sum(axis=1)
    enough = counts >= LEAST_FRAMES
    return max(CHANCE, float(1 - (wrong[enough] / (BANDS * counts[enough])).min())) if enough.any() else CHANCE


def first_look(blob: bytes) -> Words:
    """The words of all windows in a row, for ``likely``; zeros behind them, and for a damaged print.  # [LOOK]"""
    words = [part for _, part in _parts(blob)]
    flat = np.concatenate([*words, np.zeros(LOOK, dtype=np.uint16)])
    return np.asarray(flat[:LOOK])


def likely(left: Words, right: Words, *, shift_s: float) -> npt.NDArray[np.bool_]:
    """Which of m pairs of first looks [m, LOOK] are worth an ``agreement``, their sounds at most ``shift_s`` apart.

    Most are told by a third of their words; half a microsecond a pair, where an agreement takes a hundred.  # [m]
    """
    wrong = _ones()[left[:, _GLANCE] ^ right[:, _GLANCE]].sum(axis=1, dtype=np.uint16)
    found = wrong <= BANDS * len(_GLANCE) * (1 - _GLANCE_LIKELY)
    places = np.flatnonzero(found)
    found[places] = _likely(left[places], right[places], reach=round(shift_s / STEP_S))
    return np.asarray(found)


def _likely(left: Words, right: Words, *, reach: int) -> npt.NDArray[np.bool_]:
    most = np.minimum((left != 0).sum(axis=1), (right != 0).sum(axis=1)) * np.float32(BANDS * (1 - LIKELY))
    found = np.zeros(len(left), dtype=bool)
    for shift in range(-reach, reach + 1):
        a, b = (left[:, shift:], right[:, : LOOK - shift]) if shift >= 0 else (left[:, :shift], right[:, -shift:])
        found |= _ones()[a ^ b].sum(axis=1, dtype=np.uint16) <= most
    return np.asarray(found & (most > 0))


@lru_cache(maxsize=1)
def _ones() -> npt.NDArray[np.uint8]:
    """How many bits of a word are set.  # [2¹⁶]"""
    bits = np.unpackbits(np.arange(2**BANDS, dtype=np.uint16).view(np.uint8))
    return np.asarray(bits.reshape(-1, BANDS).sum(axis=1), dtype=np.uint8)


def _room(windows: int) -> int:
    """Frames for each of so many windows."""
    return max(0, LONGEST - _HEAD.size - _WINDOW.size * windows) // (2 * max(1, windows))


def _part(window: FloatArray, start_s: float, *, rate_hz: int, most: int) -> bytes:
    """One window: when its first frame is, how many there are, the words."""
    words = _words(window, rate_hz)
    skip = max(0, len(words) - most) // 2
    words = words[skip : skip + most]
    at = round(start_s / STEP_S) + skip
    return _WINDOW.pack(at, len(words)) + words.astype("<u2").tobytes() if len(words) and at < 2**16 else b""


def _words(window: FloatArray, rate_hz: int) -> Words:
    """The words of a window's frames.  # [frames]"""
    hop = round(_FINE_S * rate_hz)
    span, step, move = round(SPAN_S / _FINE_S), round(STEP_S / _FINE_S), round(MOVE_S / STEP_S)
    if len(window) < (span + step * move + 2) * hop:
        return np.zeros(0, dtype=np.uint16)
    n_fft = 1 << (hop - 1).bit_length()
    energy = spectrogram(window, n_fft=n_fft, hop=hop)[1:-1] @ _filters(rate_hz, n_fft).T
    sums = np.concatenate([np.zeros((1, BANDS + 1)), np.cumsum(energy, axis=0, dtype=np.float64)])
    sums = (sums[span:] - sums[:-span])[::step]
    frames = np.log(sums + _FLOOR * sums.mean() + np.finfo(np.float32).tiny)
    slope = np.diff(frames, axis=1)
    bits = slope[move:] - slope[:-move] > _FLOOR
    return np.asarray((bits << np.arange(BANDS)).sum(axis=1), dtype=np.uint16)


@lru_cache(maxsize=8)
def _filters(rate_hz: int, n_fft: int) -> FloatArray:
    """Bands of equal width on a logarithmic scale.  # [BANDS + 1, 1 + n_fft // 2]"""
    edges = np.geomspace(LOW_HZ, HIGH_HZ, BANDS + 2)
    bins = np.arange(1 + n_fft // 2) * rate_hz / n_fft
    filters = ((bins >= edges[:-1, None]) & (bins < edges[1:, None])).astype(np.float32)
    filters.setflags(write=False)
    return filters


def _read(blob: bytes) -> tuple[IntArray, Words]:
    """Frame numbers, ascending, and their words; silent frames left out.  # [m], [m]"""
    ats, words = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint16)]
    for at, part in _parts(blob):
        ats.append(at + np.arange(len(part)))
        words.append(part)
    frames, word = np.concatenate(ats), np.concatenate(words)
    return frames[word != 0], word[word != 0]


def _parts(blob: bytes) -> Iterator[tuple[int, Words]]:
    """First frame and words of each window; a print that is cut short ends early."""
    if len(blob) < _HEAD.size or blob[0] != _VERSION:
        return
    place = _HEAD.size
    for _ in range(blob[1]):
        if place + _WINDOW.size > len(blob):
            return
        at, count = _WINDOW.unpack_from(blob, place)
        place += _WINDOW.size
        yield (
            at,
            np.frombuffer(blob[place : place + 2 * count], dtype="<u2", count=min(count, (len(blob) - place) // 2)),
        )
        place += 2 * count
