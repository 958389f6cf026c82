"""What can be measured of a sound: timbre, brightness, harmony, rhythm, dynamics. No weights, no compiler.

Where librosa has the same function, it is the reference: ``feature.mfcc``, ``spectral_centroid``,
``spectral_bandwidth``, ``spectral_rolloff``, ``spectral_flatness``, ``filters.chroma`` and ``onset_strength`` with
their defaults.
Spectra are power spectrograms [frames, 1 + n_fft // 2] of ``features.mel.spectrogram``.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.fft import dct, irfft, rfft

from musicdesk.records import FloatArray, IntArray

TINY = 1e-10
TOP_DB = 80.0
PITCHES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MAJOR = np.array([0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400])
MINOR = np.array([0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330])
"""Temperley's key profiles from the Kostka-Payne corpus ("Music and Probability", 2007), from the tonic up."""
LIKELY_BPM, BPM_OCTAVES = 120.0, 0.9
SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast the beat is, and how clearly it is heard."""

    bpm: float
    """0 where nothing repeats."""
    clarity: float
    """0 to 1: how alike the onsets are one beat later."""


@dataclass(frozen=True, slots=True)
class Key:
    """The key that fits the pitches best."""

    tonic: int
    """Place in PITCHES."""
    minor: bool
    fit: float
    """Correlation with the key's profile, -1 to 1."""
    majorness: float
    """How much better the best major key fits than the best minor key, -2 to 2."""

    @property
    def name(self) -> str:
        """Such as "A minor"."""
        return f"{PITCHES[self.tonic]} {'minor' if self.minor else 'major'}"


def decibels(power: FloatArray, *, top_db: float = TOP_DB) -> FloatArray:
    """Power in dB, at most ``top_db`` below the loudest; same shape."""
    level = 10 * np.log10(np.maximum(power, TINY))
    result: FloatArray = np.maximum(level, level.max() - top_db).astype(np.float32)
    return result


def mfcc(mel_db: FloatArray, count: int) -> FloatArray:
    """Cepstrum of mel levels [frames, n_mels].  # [frames, count]"""
    result: FloatArray = dct(mel_db, type=2, norm="ortho", axis=1)[:, :count].astype(np.float32)
    return result


# --------------------------------------------------------------------------------------------------------- brightness


def centroid_hz(magnitude: FloatArray, rate_hz: int) -> FloatArray:
    """Where the middle of each spectrum lies.  # [frames]"""
    result: FloatArray = _shares(magnitude) @ _bins_hz(magnitude.shape[1], rate_hz)
    return result


def bandwidth_hz(magnitude: FloatArray, rate_hz: int) -> FloatArray:
    """How far each spectrum spreads around its middle.  # [frames]"""
    bins = _bins_hz(magnitude.shape[1], rate_hz)
    shares = _shares(magnitude)
    middle = shares @ bins
    variance = shares @ bins**2 - middle**2
    result: FloatArray = np.sqrt(np.maximum(variance, 0))
    return result


def rolloff_hz(magnitude: FloatArray, rate_hz: int, *, share: float = 0.85) -> FloatArray:
    """Below what frequency ``share`` of each spectrum lies.  # [frames]"""
    total = np.cumsum(magnitude, axis=1)
    at = np.argmax(total >= share * total[:, -1:], axis=1)
    result: FloatArray = _bins_hz(magnitude.shape[1], rate_hz)[at]
    return result


def flatness(power: FloatArray) -> FloatArray:
    """How like noise each spectrum is, 0 to 1.  # [frames]"""
    bounded = np.maximum(power, TINY)
    result: FloatArray = np.exp(np.log(bounded).mean(axis=1)) / bounded.mean(axis=1)
    return result


# ------------------------------------------------------------------------------------------------------------ harmony


def chroma(power: FloatArray, rate_hz: int) -> FloatArray:
    """Energy of the twelve pitch classes from C, each frame's largest being 1.  # [frames, 12]"""
    energy = power @ chroma_filters(rate_hz, 2 * (power.shape[1] - 1)).T
    result: FloatArray = energy / np.maximum(energy.max(axis=1, keepdims=True), TINY)
    return result


@lru_cache(maxsize=8)
def chroma_filters(rate_hz: int, n_fft: int) -> FloatArray:
    """Bumps a semitone wide around every octave of a pitch class (Ellis 2007).  # [12, 1 + n_fft // 2]"""
    frequencies = np.arange(1, n_fft) * rate_hz / n_fft
    semitones = 12 * np.log2(frequencies / (440 / 16))
    semitones = np.concatenate([[semitones[0] - 18], semitones])
    widths = np.concatenate([np.maximum(np.diff(semitones), 1), [1]])
    distance = np.remainder(semitones[None, :] - np.arange(12)[:, None] + 6 + 120, 12) - 6
    bumps = np.exp(-0.5 * (2 * distance / widths) ** 2)
    bumps /= np.maximum(np.linalg.norm(bumps, axis=0), TINY)
    bumps *= np.exp(-0.5 * ((semitones / 12 - 5) / 2) ** 2)
    filters: FloatArray = np.roll(bumps, -3, axis=0)[:, : 1 + n_fft // 2].astype(np.float32)
    filters.setflags(write=False)
    return filters


def key(pitches: FloatArray) -> Key:
    """The key of mean pitch-class energies [12], by correlation with key profiles (Krumhansl & Kessler 1982)."""
    centred = pitches - pitches.mean()
    fits = (_key_profiles() @ centred / max(float(np.linalg.norm(centred)), TINY)).reshape(2, 12)
    mode, tonic = divmod(int(np.argmax(fits)), 12)
    return Key(tonic, bool(mode), float(fits[mode, tonic]), float(fits[0].max() - fits[1].max()))


def intervals(pitches: FloatArray) -> FloatArray:
    """The size of the six Fourier components of pitch-class energies [..., 12]: harmony without its key.  # [..., 6]

    Component 1 is chromatic, 3 augmented, 4 diminished, 5 diatonic, 6 whole-tone clustering (Amiot, "Music Through
    Fourier Space", 2016).
    """
    total = np.maximum(pitches.sum(axis=-1, keepdims=True), TINY)
    result: FloatArray = np.abs(rfft(pitches / total, axis=-1))[..., 1:].astype(np.float32)
    return result


@lru_cache(maxsize=1)
def _key_profiles() -> FloatArray:
    """Major then minor from every tonic, each centred and of unit length.  # [24, 12]"""
    rolled = np.array([np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)])
    rolled -= rolled.mean(axis=1, keepdims=True)
    result: FloatArray = (rolled / np.linalg.norm(rolled, axis=1, keepdims=True)).astype(np.float32)
    return result


# ------------------------------------------------------------------------------------------------------------- rhythm


def onset_strength(mel_db: FloatArray) -> FloatArray:
    """How much louder each frame is than the one before, mean over bands; the first is 0.  # [frames]"""
    rise = np.maximum(np.diff(mel_db, axis=0), 0).mean(axis=1)
    result: FloatArray = np.concatenate([[0.0], rise]).astype(np.float32)
    return result


def self_similarity(onsets: FloatArray) -> FloatArray:
    """The autocorrelation of onset strengths, 1 at lag 0 (all 0 where nothing happens).  # [frames]"""
    centred = onsets - onsets.mean()
    spectrum = rfft(centred, 2 * len(centred))
    correlation = irfft(spectrum.real**2 + spectrum.imag**2)[: len(centred)]
    if correlation[0] <= TINY * len(centred):
        return np.zeros(len(centred), dtype=np.float32)
    overlap = 1 - np.arange(len(centred)) / len(centred)
    result: FloatArray = (correlation / correlation[0] / np.maximum(overlap, 0.1)).astype(np.float32)
    return result


def tempo(similarity: FloatArray, frame_rate_hz: float) -> Tempo:
    """The tempo in which onsets repeat, preferring tempi near 120 (Ellis 2007)."""
    first = int(np.ceil(60 * frame_rate_hz / FASTEST_BPM))
    last = min(int(60 * frame_rate_hz / SLOWEST_BPM), len(similarity) // 2)
    lags = np.arange(first, last)
    if len(lags) < 3 or not similarity.any():
        return Tempo(0.0, 0.0)
    bpm = 60 * frame_rate_hz / lags
    likely = np.exp(-0.5 * (np.log2(bpm / LIKELY_BPM) / BPM_OCTAVES) ** 2)
    near = np.maximum(similarity, 0)
    near[1:-1] += near[:-2] + near[2:]  # a beat may fall between two frames
    at = int(lags[np.argmax(_comb(near, lags) * likely)])
    at += int(np.argmax(similarity[at - 1 : at + 2])) - 1
    return Tempo(60 * frame_rate_hz / (at + _vertex(similarity, at)), float(np.clip(similarity[at], 0, 1)))


def _comb(similarity: FloatArray, lags: IntArray) -> FloatArray:
    """How well onsets repeat after a lag and after twice the lag."""
    twice = np.minimum(2 * lags, len(similarity) - 1)
    return similarity[lags] + np.float32(0.5) * similarity[twice]


def _vertex(curve: FloatArray, at: int) -> float:
    """How far from ``at`` the top of the parabola through three points lies, -0.5 to 0.5."""
    before, here, after = (float(v) for v in curve[at - 1 : at + 2])
    bend = before - 2 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0


# ------------------------------------------------------------------------------------------------------------- shared


def _shares(magnitude: FloatArray) -> FloatArray:
    result: FloatArray = magnitude / np.maximum(magnitude.sum(axis=1, keepdims=True), TINY)
    return result


def _bins_hz(bins: int, rate_hz: int) -> FloatArray:
    return np.linspace(0, rate_hz / 2, bins, dtype=np.float32)
