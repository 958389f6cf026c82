"""What the encoder ``handcrafted`` measured, by name: onsets, tempo, fullness, range, attacks, brightness, noise, mode.

A library's handcrafted vectors lie beside those of the encoder that ranks, under their own key; nothing is measured
twice. Onset rate, fullness and tempo have no part in moods and in arousal (see ``HELD_OUT``): so they can tell whether
a calmer list is calmer.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray

DIM = 108
TIMBRE, BRIGHTNESS, HARMONY, RHYTHM, DYNAMICS = (
    slice(0, 66),
    slice(66, 74),
    slice(74, 90),
    slice(90, 104),
    slice(104, 108),
)
"""Which places of the vector of the encoder ``handcrafted`` measure what."""
HEARD = slice(0, 90)
"""What the combiner hears of them: timbre, brightness and harmony."""
HELD_OUT = slice(90, 108)
"""What it does not: rhythm and dynamics, with which the program tests what it claims."""
_PLACES = {
    "brightness": (66, 1.0), "noisiness_db": (72, 10.0), "majorness": (86, 1.0), "key_fit": (87, 1.0),
    "tempo_octaves": (90, 1.0), "tempo_clarity": (91, 1.0), "attack_db": (92, 1.0), "pace": (95, 1.0),
    "crest_db": (104, 10.0), "range_db": (105, 10.0), "fullness_db": (107, 10.0),
}  # fmt: skip
"""Field → its place in the vector, and what it is multiplied by."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Arrays of one length; NaN where a sound was not measured."""

    pace: FloatArray  # [n] how fast it seems, in octaves: onsets a second against three, and half the tempo
    onset_octaves: FloatArray  # [n] onsets a second, in octaves above three
    tempo_octaves: FloatArray  # [n] above 120 bpm; an octave off where half or double the tempo was heard
    tempo_clarity: FloatArray  # [n] how clearly a beat repeats
    fullness_db: FloatArray  # [n] how evenly bands and frames are filled, which is heard as loud; 0 is even
    range_db: FloatArray  # [n] between the quiet and the loud tenth of the moments
    crest_db: FloatArray  # [n] RMS below the peak
    attack_db: FloatArray  # [n] how much the bands rise from moment to moment
    brightness: FloatArray  # [n] octaves of the spectral centroid above 1 kHz
    noisiness_db: FloatArray  # [n] spectral flatness
    majorness: FloatArray  # [n] how much better the best major key fits than the best minor key
    key_fit: FloatArray  # [n] how well the best key fits

    def __len__(self) -> int:
        return len(self.pace)


MEASURED = tuple(field.name for field in fields(Measured))


def named(vectors: FloatArray) -> Measured:
    """The vectors of the encoder ``handcrafted`` [n, 108] by name; raises BadRequest for others."""
    if vectors.ndim != 2 or vectors.shape[1] != DIM:
        raise BadRequest(f"These vectors are not those of the encoder handcrafted: {vectors.shape}, not [n, {DIM}].")
    told = {name: (scale * vectors[:, place]).astype(np.float32) for name, (place, scale) in _PLACES.items()}
    return Measured(onset_octaves=told["pace"] - np.float32(0.5) * told["tempo_octaves"], **told)


def independent(measured: Measured) -> dict[str, FloatArray]:
    """The measures that no mood and no arousal was made with, each larger for livelier music.  # name → [n]

    "onsets" in octaves, "loudness" in dB of fullness, "tempo" in octaves of the beat and of the onsets: a tempo that is
    an octave off moves it by half as much.
    """
    return {
        "onsets": measured.onset_octaves,
        "loudness": measured.fullness_db,
        "tempo": measured.pace,
    }


def placed(values: FloatArray) -> FloatArray:
    """Where each stands among those that are known, 0 to 1; nan where nothing is known.  # [n] -> [n] float64"""
    known = np.isfinite(values)
    found = np.full(len(values), np.nan)
    if known.any():
        found[known] = (ranks(values[known]) - 0.5) / known.sum()
    return found


def ranks(values: FloatArray) -> npt.NDArray[np.float64]:
    """The place of each in ascending order, from 1; what is equal shares the mean of its places.  # [n] -> [n] float64

    As scipy.stats.rankdata, whose import takes longer than a library of 100,000 sounds.
    """
    order = np.argsort(values)
    ordered = values[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    count = np.diff(np.append(first, len(values)))
    found = np.empty(len(values))
    found[order] = np.repeat(first + (count + 1) / 2, count)
    return found
