"""The encoder that always works: measured timbre, brightness, harmony, rhythm and dynamics; no weights.

All numbers are the same at any level of playback, and near 1 in size, so that float16 keeps them. The words are
measures placed on a fixed scale, so that prototypes get names without MusiCNN. "Loud" and "quiet" mean the character
of the sound (full and steady, or sparse), since its level says nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from musicdesk.encoders.base import Encoded, EncoderPlugin, EncoderSpec, rows_of
from musicdesk.features import descriptors as measure
from musicdesk.features.mel import MelSpec, apply_filters, mel_spectrogram, spectrogram
from musicdesk.records import EncoderKey, FloatArray

RATE_HZ = 16_000
TONE = MelSpec(RATE_HZ, n_fft=2048, hop=1024, n_mels=96)
"""Fine in frequency: timbre and harmony."""
BEAT = MelSpec(RATE_HZ, n_fft=512, hop=256, n_mels=40)
"""Fine in time: rhythm and dynamics."""
FRAME_RATE_HZ = BEAT.rate_hz / BEAT.hop
CEPSTRUM, BANDS = 20, 8
LAGS_S = np.geomspace(0.15, 2.4, 9)
"""The edges of eight half-octaves of time in which onsets may repeat."""
LOUDER_DB = 3.0
"""How much a peak of onset strength stands above its surroundings."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What the words are made of."""

    pace: float
    """Octaves above three onsets a second, the tempo counting half."""
    attack_db: float
    """How much the bands rise from frame to frame."""
    brightness: float
    """Octaves of the mean centroid above 1 kHz."""
    noisiness: float
    """Decibels of the mean flatness."""
    majorness: float
    """How much better the best major key fits than the best minor key."""
    range_db: float
    """Between the quiet tenth and the loud tenth of the frames."""
    fullness_db: float
    """How evenly bands and frames are filled: the mean level less the level of the mean."""

    @property
    def energy(self) -> float:
        """Pace, fullness and attacks together, each against the usual."""
        return ((self.pace - 0.75) / 0.45 + (self.fullness_db + 18.5) / 5 + (self.attack_db - 1.35) / 0.25) / 3


@dataclass(frozen=True, slots=True)
class Scale:
    """A word and its opposite as the two ends of a measure."""

    high: str
    low: str
    of: Callable[[Measures], float]
    middle: float
    step: float
    """From the middle to where one word is three times as likely as the other."""

    def share(self, measures: Measures) -> float:
        """How far the high word holds, 0 to 1; the low word is the rest."""
        return float(1 / (1 + 3 ** np.clip((self.middle - self.of(measures)) / self.step, -9, 9)))


SCALES = (
    Scale("fast", "slow", lambda m: m.pace, 0.75, 0.45),
    Scale("loud", "quiet", lambda m: m.fullness_db, -18.5, 5.0),
    Scale("bright", "dark", lambda m: m.brightness, 0.4, 0.5),
    Scale("percussive", "smooth", lambda m: m.attack_db, 1.35, 0.25),
    Scale("energetic", "calm", lambda m: m.energy, 0.0, 0.6),
    Scale("noisy", "melodic", lambda m: m.noisiness, -25.0, 7.0),
    Scale("dynamic", "steady", lambda m: m.range_db, 9.0, 3.5),
    Scale("major", "minor", lambda m: m.majorness, -0.03, 0.08),
)
"""Middles and steps: median and half the range between the quartiles of 164 tracks of many kinds, rounded."""
VOCABULARY = tuple(word for scale in SCALES for word in (scale.high, scale.low))


class Handcrafted:
    """The encoder."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        del folder, device  # it has no weights, and runs where numpy runs

    @property
    def spec(self) -> EncoderSpec:
        """What it is."""
        return SPEC

    @property
    def device(self) -> str:
        """Where it runs."""
        return "cpu"

    def encode(self, features: FloatArray) -> Encoded:
        """Measure every window by itself.  # features: the windows, [n, samples]"""
        rows = [describe(window) for window in features]
        vectors = np.array([vector for vector, _ in rows], dtype=np.float32).reshape(-1, SPEC.dim)
        tags = np.array([words(measures) for _, measures in rows], dtype=np.float32).reshape(-1, len(VOCABULARY))
        return Encoded(vectors, tags)


def front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """The windows as they are: all that is measured shares its spectra.  # [n, samples]"""
    return rows_of(windows, SPEC)


def words(measures: Measures) -> FloatArray:
    """How far each word of the vocabulary holds, 0 to 1.  # [n_tags]"""
    shares = np.array([scale.share(measures) for scale in SCALES], dtype=np.float32)
    result: FloatArray = np.stack([shares, 1 - shares], axis=1).ravel()
    return result


def describe(samples: FloatArray) -> tuple[FloatArray, Measures]:
    """The vector [dim] and the measures of mono sound at 16 kHz; 8 s or more give a sure tempo."""
    samples = samples / max(float(np.abs(samples).max()), measure.TINY)
    power = spectrogram(samples, n_fft=TONE.n_fft, hop=TONE.hop)
    levels_db = measure.decibels(apply_filters(power, TONE))
    beat_db = measure.decibels(mel_spectrogram(samples, BEAT))
    onsets = measure.onset_strength(beat_db)
    similarity = measure.self_similarity(onsets)
    beat = measure.tempo(similarity, FRAME_RATE_HZ)
    pitches = measure.chroma(power, RATE_HZ)
    key = measure.key(pitches.mean(axis=0))
    parts = (
        _timbre(levels_db),
        _brightness(power),
        _harmony(pitches, key),
        _rhythm(onsets, similarity, beat),
        _dynamics(samples, beat_db),
    )
    measures = _measures(power, levels_db, beat_db, onsets, beat, key)
    return np.concatenate(parts).astype(np.float32), measures


# ------------------------------------------------------------------------------------------- the parts of the vector


def _timbre(levels_db: FloatArray) -> FloatArray:
    """Cepstrum: mean, spread and spread of its change; how much eight groups of bands move.  # [66]"""
    cepstrum = measure.mfcc(levels_db - _mean_level_db(levels_db), CEPSTRUM) / 20
    moving = np.array([group.std(axis=0).mean() for group in np.array_split(levels_db, BANDS, axis=1)]) / 10
    change = np.diff(cepstrum, axis=0)[:, : CEPSTRUM - 2]
    return np.concatenate([cepstrum.mean(axis=0), cepstrum.std(axis=0), change.std(axis=0), moving])


def _brightness(power: FloatArray) -> FloatArray:
    """Centroid, bandwidth, roll-off in octaves, flatness in bels: mean and spread.  # [8]"""
    magnitude = np.sqrt(power)
    curves = [
        np.log2(np.maximum(curve, 20) / 1000)
        for curve in (
            measure.centroid_hz(magnitude, RATE_HZ),
            measure.bandwidth_hz(magnitude, RATE_HZ),
            measure.rolloff_hz(magnitude, RATE_HZ),
        )
    ]
    curves.append(np.log10(measure.flatness(power) + 1e-6))
    return np.array([value for curve in curves for value in (curve.mean(), curve.std())])


def _harmony(pitches: FloatArray, key: measure.Key) -> FloatArray:
    """Intervals of the whole and of the moments, mode, clarity and change of the harmony.  # [16]"""
    moments = measure.intervals(pitches).mean(axis=0)
    change = np.abs(np.diff(pitches, axis=0)).mean()
    shape = [key.majorness, key.fit, change, pitches.mean()]
    return np.concatenate([3 * measure.intervals(pitches.mean(axis=0)), 3 * moments, shape])


def _rhythm(onsets: FloatArray, similarity: FloatArray, beat: measure.Tempo) -> FloatArray:
    """Tempo, clarity, onsets, and how much repeats in eight half-octaves of time.  # [14]"""
    octaves = np.log2(beat.bpm / 120) if beat.bpm else 0.0
    edges = np.round(LAGS_S * FRAME_RATE_HZ).astype(int)
    repeats = [similarity[low:high].max(initial=-1) for low, high in pairwise(edges)]
    skew = np.cbrt(((onsets - onsets.mean()) ** 3).mean()) / max(float(onsets.std()), 0.1)
    shape = [octaves, beat.clarity, onsets.mean(), onsets.std(), skew, _pace(onsets, beat)]
    return np.concatenate([shape, repeats])


def _dynamics(samples: FloatArray, beat_db: FloatArray) -> FloatArray:
    """Crest, range and unevenness of the level.  # [4]"""
    frames_db = _frames_db(beat_db)
    crest_db = 10 * np.log10(max(float(np.square(samples).mean()), measure.TINY))
    low, high = np.percentile(frames_db, (10, 90))
    return np.array([crest_db / 10, (high - low) / 10, frames_db.std() / 10, _fullness_db(beat_db) / 10])


# ------------------------------------------------------------------------------------------------------------ measures


def _measures(
    power: FloatArray,
    levels_db: FloatArray,
    beat_db: FloatArray,
    onsets: FloatArray,
    beat: measure.Tempo,
    key: measure.Key,
) -> Measures:
    low, high = np.percentile(_frames_db(beat_db), (10, 90))
    centroid = measure.centroid_hz(np.sqrt(power), RATE_HZ)
    return Measures(
        pace=_pace(onsets, beat),
        attack_db=float(onsets.mean()),
        brightness=float(np.log2(np.maximum(centroid, 20) / 1000).mean()),
        noisiness=float(10 * np.log10(measure.flatness(power) + 1e-6).mean()),
        majorness=key.majorness,
        range_db=float(high - low),
        fullness_db=_fullness_db(levels_db),
    )


def _pace(onsets: FloatArray, beat: measure.Tempo) -> float:
    """How fast it seems, in octaves: onsets a second, and half the tempo."""
    inner = onsets[1:-1]
    peaks = (inner > onsets[:-2]) & (inner >= onsets[2:]) & (inner > onsets.mean() + onsets.std())
    per_s = max(0.25, float(peaks.sum()) / (len(onsets) / FRAME_RATE_HZ))
    octaves = np.log2(beat.bpm / 120) if beat.bpm else 0.0
    return float(np.log2(per_s / 3) + 0.5 * octaves)


def _frames_db(levels_db: FloatArray) -> FloatArray:
    result: FloatArray = 10 * np.log10(np.power(10, levels_db / 10).mean(axis=1) + measure.TINY)
    return result


def _mean_level_db(levels_db: FloatArray) -> float:
    return float(10 * np.log10(np.power(10, levels_db / 10).mean() + measure.TINY))


def _fullness_db(levels_db: FloatArray) -> float:
    return float(levels_db.mean()) - _mean_level_db(levels_db)


SPEC = EncoderSpec(
    key=EncoderKey("handcrafted", "1", "16k-8s"),
    title="Handcrafted measures",
    dim=108,
    rate_hz=RATE_HZ,
    window_s=8.0,
    windows=5,
    licence="GPL-3.0-or-later",
    source="part of musicdesk",
    vocabulary=VOCABULARY,
)
PLUGIN = EncoderPlugin(SPEC, Handcrafted, front_end)
