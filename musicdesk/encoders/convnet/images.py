"""Segments of a track as small images of their spectrum, for networks of the paper's kind. No torch here.

The rows are bands (mel, linear or cepstral), low ones first, and below them, where they are wanted, the notes; the
columns are time. Energies are compressed by log10(1 + 10,000 x), as MusiCNN has it, for sound at an RMS of -20 dB.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from musicdesk.encoders.convnet.config import CHROMA_ROWS, NOTE_ROWS, ImageSpec
from musicdesk.errors import BadRequest
from musicdesk.features.mel import MelSpec, apply_filters, spectrogram
from musicdesk.records import FloatArray

LOUD = 10_000
LOWEST_NOTE = 36
"""C2 as MIDI counts; 65 Hz."""
NOTE_FFT_S = 0.37
"""Window of the notes: long enough to tell semitones down to C2 from each other, nearly."""
MFCC_BANDS = 128
_LN10 = np.float32(np.log(10))


def images(windows: Sequence[FloatArray], spec: ImageSpec) -> FloatArray:
    """Mono windows at ``spec.rate_hz`` as images; a shorter one is repeated, a longer one cut.

    Raises BadRequest for sound that is empty, not mono or not finite.  # [n, 1, spec.rows, spec.frames] float32
    """
    pictures = [picture(_segment(window, spec), spec) for window in windows]
    return np.stack(pictures)[:, None] if pictures else np.zeros((0, 1, spec.rows, spec.frames), np.float32)


def picture(samples: FloatArray, spec: ImageSpec) -> FloatArray:
    """Mono sound of any length as one image; a segment is ``spec.frames`` of its columns in a row.

    # [spec.rows, n // spec.pixel] float32
    """
    energies = _averaged(spectrogram(samples, n_fft=spec.n_fft, hop=spec.hop), samples.size // spec.pixel)
    parts = [_SPECTRA[spec.kind](energies, spec)]
    if spec.note_rows:
        parts.append(_notes(samples, spec, len(energies)))
    return np.ascontiguousarray(np.concatenate(parts, axis=1).T, dtype=np.float32)


def _segment(samples: FloatArray, spec: ImageSpec) -> FloatArray:
    if samples.ndim != 1 or not samples.size or not np.isfinite(samples).all():
        raise BadRequest("An image needs mono sound that is not empty and has no infinite samples.")
    return np.resize(np.asarray(samples, dtype=np.float32), spec.samples)


def _averaged(spectrum: FloatArray, columns: int) -> FloatArray:
    """Frames [n, …] averaged into ``columns``.  # [columns, …]"""
    each = len(spectrum) // max(1, columns)
    return np.asarray(spectrum[: columns * each].reshape(columns, each, -1).mean(axis=1))


def _compressed(energies: FloatArray) -> FloatArray:
    return np.asarray(np.log(1 + LOUD * energies) / _LN10, dtype=np.float32)  # log10 itself is several times slower


def _mel(energies: FloatArray, spec: ImageSpec) -> FloatArray:
    """# [columns, bands]"""
    return _compressed(apply_filters(energies, MelSpec(spec.rate_hz, spec.n_fft, spec.hop, spec.bands)))


def _stft(energies: FloatArray, spec: ImageSpec) -> FloatArray:
    """Bins averaged into bands of one width.  # [columns, bands]"""
    return _compressed(energies @ _linear_filters(spec.n_fft, spec.bands).T / np.float32(spec.n_fft))


def _mfcc(energies: FloatArray, spec: ImageSpec) -> FloatArray:
    """Cepstral coefficients, the first ``bands`` of them.  # [columns, bands]"""
    from scipy.fft import dct

    mel = _compressed(apply_filters(energies, MelSpec(spec.rate_hz, spec.n_fft, spec.hop, max(MFCC_BANDS, spec.bands))))
    return np.asarray(dct(mel, type=2, norm="ortho", axis=1)[:, : spec.bands], dtype=np.float32)


_SPECTRA = {"log-mel": _mel, "stft": _stft, "mfcc": _mfcc}


def _notes(samples: FloatArray, spec: ImageSpec, columns: int) -> FloatArray:
    """Energies of the semitones, or of the pitch classes, each column by its loudest.  # [columns, note_rows]"""
    n_fft = 2 ** round(np.log2(NOTE_FFT_S * spec.rate_hz))
    spectrum = spectrogram(samples, n_fft=n_fft, hop=spec.pixel)[:columns]
    energies = spectrum @ _note_filters(n_fft, spec.rate_hz).T
    if spec.notes == "chroma":
        energies = energies.reshape(columns, -1, CHROMA_ROWS).sum(axis=1)
        return np.asarray(energies / np.maximum(energies.max(axis=1, keepdims=True), 1e-6), dtype=np.float32)
    return _compressed(energies / np.float32(n_fft))


@lru_cache(maxsize=8)
def _linear_filters(n_fft: int, bands: int) -> FloatArray:
    """# [bands, 1 + n_fft // 2]"""
    bins = 1 + n_fft // 2
    if bands > bins:
        raise BadRequest(f"A spectrum of {bins} bins does not make {bands} bands. Ask for fewer.")
    filters = np.zeros((bands, bins), np.float32)
    for row, own in enumerate(np.array_split(np.arange(bins), bands)):
        filters[row, own] = 1 / len(own)
    return filters


@lru_cache(maxsize=8)
def _note_filters(n_fft: int, rate_hz: int) -> FloatArray:
    """A semitone each, with slopes to its neighbours; those beyond half the rate stay dark.  # [72, 1 + n_fft // 2]"""
    hz = np.fft.rfftfreq(n_fft, 1 / rate_hz)[1:]
    pitch = 69 + 12 * np.log2(hz / 440)
    away = np.abs(np.subtract.outer(LOWEST_NOTE + np.arange(NOTE_ROWS), pitch))
    filters = np.pad(np.maximum(0, 1 - away), ((0, 0), (1, 0)))
    return np.asarray(filters / np.maximum(filters.sum(axis=1, keepdims=True), 1e-6), dtype=np.float32)
