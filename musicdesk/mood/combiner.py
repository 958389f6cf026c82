"""What listeners are likely to feel at a sound: nine emotions from its vector, its words and its measures.

A ridge regression on random Fourier features (Rahimi & Recht, "Random features for large-scale kernel machines", NIPS
2007), which is a kernel regression with a Gaussian kernel that needs none of the sounds it learned from. A sound unlike
all of those is told the usual feelings, and so no mood is sure of it. Shares of listeners are learned as the arcsine of
their root, on which the chance of who was asked weighs alike for rare and frequent emotions (Anscombe 1948).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from musicdesk import kept
from musicdesk.encoders.zoo.shipped import shipped_folder
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.mood.axes import GEMS, mood_scores
from musicdesk.mood.measures import DIM, HEARD
from musicdesk.records import MOODS, EncoderKey, FloatArray

METHOD, HOME, MEASURES = "mood-combiner", "mood", "+measures"
HANDCRAFTED = "handcrafted"
BLOCK_ROWS = 4096
"""Rows that are worked on at once, so that a large library takes no more memory than a small one."""
FARTHEST = 5.0
"""Deviations beyond which an input is taken for this far."""
TOLD = ("brightness", "pace")
"""The measures (see ``measures.Measured``) that are guessed besides, for sounds that were not measured: r = .90 and .67
at artists that were not heard, by MusiCNN's vectors and words."""


class Feelings(NamedTuple):
    """Shares of listeners who would feel each of GEMS."""

    shares: FloatArray  # [n, 9] 0 to 1; NaN where nothing is known of a sound
    error: FloatArray  # [n, 9] standard error, by artists that it never heard


@dataclass(frozen=True, slots=True)
class CombinerConfig:
    """What a combiner takes, and how it came to be."""

    encoder: str = ""
    version: str = ""
    front_end: str = ""
    dim: int = 0
    words: int = 0
    measures: bool = False
    width: float = 0.0
    """Of the kernel: how fast likeness falls with the squared distance."""
    ridge: float = 0.0
    sounds: int = 0
    artists: int = 0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Combiner:
    """A trained combiner; ``fitting.fit`` makes one."""

    config: CombinerConfig
    mean: FloatArray  # [d] of the inputs
    scale: FloatArray  # [d]
    turn: FloatArray  # [d, k] onto principal components
    centre: FloatArray  # [k]
    waves: FloatArray  # [k, w]
    weights: FloatArray  # [2w, 9 + t] for emotions and for TOLD measures
    bias: FloatArray  # [9 + t]
    slope: FloatArray  # [9] what is told of emotions is stretched to what was found
    offset: FloatArray  # [9]
    error: FloatArray  # [9] of the arcsines
    mood_weights: FloatArray  # [4, 4] from mood scores to log-odds of being the strongest
    mood_bias: FloatArray  # [4]

    @property
    def key(self) -> EncoderKey:
        """Of the encoder whose vectors it takes."""
        return EncoderKey(self.config.encoder, self.config.version, self.config.front_end)

    # --------------------------------------------------------------------------------------------- kept

    @classmethod
    def for_encoder(cls, key: EncoderKey, *, has_measures: bool, home: Path | None = None) -> Self | None:
        """The combiner for exactly this encoder and version that comes with musicdesk, or lies in ``home``, or None.

        Raises ModelUnavailable if it is there and broken.
        """
        folder = (home or shipped_folder(HOME)) / name_of(key.name, measures=has_measures)
        if not (folder / kept.CONFIG).is_file():
            return None
        found = cls.load(folder)
        return found if found.key == key else None

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` left in ``folder``; raises ModelUnavailable."""
        try:
            saved = kept.read(folder, METHOD)
            config = saved.config_as(CombinerConfig)
            return cls(config, **_arrays(saved, config))
        except ModelUnavailable as error:
            raise ModelUnavailable(
                f"The mood model in {folder} is missing or broken. Install musicdesk again, or make it anew with: "
                "musicdesk train mood"
            ) from error

    def save(self, folder: Path) -> None:
        """Write it whole, what is large in half precision."""
        arrays = {name: np.asarray(getattr(self, name), dtype=np.float32) for name in _SHAPED}
        arrays |= {name: arrays[name].astype(np.float16) for name in _LARGE}
        kept.write(folder, METHOD, config=self.config, arrays=arrays)

    # --------------------------------------------------------------------------------------------- asked

    def feelings(
        self, vectors: FloatArray, *, tags: FloatArray | None = None, measures: FloatArray | None = None
    ) -> Feelings:
        """What sounds are felt as, by their vectors [n, dim], words [n, n_tags] and handcrafted vectors [n, 108].

        Rows that are not finite are NaN in the answer. Raises BadRequest for arrays of other shapes than it learned
        from; words and measures are left out where it learned without.
        """
        return self.tell(vectors, tags=tags, measures=measures)[0]

    def tell(
        self, vectors: FloatArray, *, tags: FloatArray | None = None, measures: FloatArray | None = None
    ) -> tuple[Feelings, FloatArray]:
        """The same, and what the TOLD measures are likely to be, each in deviations.  # [n, 9] twice, [n, t]"""
        told = self._told(vectors, tags, measures)
        shares = np.clip(_shares(told[:, : len(GEMS)]) * self.slope + self.offset, 0, 1).astype(np.float32)
        return Feelings(shares, _errors(shares, self.error)), told[:, len(GEMS) :]

    def moods(self, shares: FloatArray) -> FloatArray:
        """How likely each of MOODS is the strongest, by emotions [n, 9]; rows sum to 1.  # [n, 4]"""
        return softmax(mood_scores(shares) @ self.mood_weights + self.mood_bias)

    def _told(self, vectors: FloatArray, tags: FloatArray | None, measures: FloatArray | None) -> FloatArray:
        parts = self._parts(vectors, tags, measures)
        result = np.empty((len(vectors), len(self.bias)), dtype=np.float32)
        for start in range(0, len(vectors), BLOCK_ROWS):
            block = slice(start, start + BLOCK_ROWS)
            result[block] = self._rows(joined(*(part[block] for part in parts)))
        return result

    def _rows(self, inputs: FloatArray) -> FloatArray:
        known = np.asarray(np.isfinite(inputs).all(axis=1))
        if not known.all():
            inputs = np.where(known[:, None], inputs, self.mean)
        rows = standardised(inputs, self.mean, self.scale)
        told = waving(rows @ self.turn - self.centre, self.waves) @ self.weights + self.bias
        result: FloatArray = np.where(known[:, None], told, np.float32(np.nan))
        return result

    def _parts(
        self, vectors: FloatArray, tags: FloatArray | None, measures: FloatArray | None
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        config = self.config
        own = config.encoder == HANDCRAFTED
        _checked("vectors", vectors, len(vectors), DIM if own else config.dim)
        nothing = np.zeros((len(vectors), 0), dtype=np.float32)
        tags = _checked("words", tags, len(vectors), config.words) if config.words else nothing
        measures = _checked("measures", measures, len(vectors), DIM) if config.measures else nothing
        return vectors[:, HEARD] if own else vectors, tags, measures


def name_of(encoder: str, *, measures: bool) -> str:
    """What the folder of a combiner is called."""
    return encoder + MEASURES if measures else encoder


def joined(vectors: FloatArray, tags: FloatArray, measures: FloatArray) -> FloatArray:
    """The inputs side by side: vectors, log-odds of words, and of the measures what may be heard.  # [n, d]

    Words and measures may have no columns.
    """
    parts = (vectors, log_odds(tags), measures[:, HEARD])
    return np.concatenate(parts, axis=1, dtype=np.float32)


def log_odds(shares: FloatArray) -> FloatArray:
    """Probabilities as log-odds, at most ±9; same shape."""
    bounded = np.clip(shares, 1e-4, 1 - 1e-4)
    result: FloatArray = np.log(bounded / (1 - bounded)).astype(np.float32)
    return result


def standardised(inputs: FloatArray, mean: FloatArray, scale: FloatArray) -> FloatArray:
    """Inputs in deviations, at most FARTHEST; same shape."""
    rows = inputs - mean
    rows *= scale
    return np.clip(rows, -FARTHEST, FARTHEST, out=rows)


def waving(rows: FloatArray, waves: FloatArray) -> FloatArray:
    """Random Fourier features of rows [n, k]: cosines, then sines, of unit length together.  # [n, 2w]"""
    phases, count = rows @ waves, waves.shape[1]
    result = np.empty((len(rows), 2 * count), dtype=phases.dtype)
    np.cos(phases, out=result[:, :count])
    np.sin(phases, out=result[:, count:])
    result *= count**-0.5
    return result


def softmax(odds: FloatArray) -> FloatArray:
    """Log-odds as shares that sum to 1 in every row; same shape."""
    raised = np.exp(odds - odds.max(axis=1, keepdims=True))
    result: FloatArray = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


def arcs(shares: FloatArray, listeners: FloatArray) -> FloatArray:
    """Shares of some listeners as arcsines of their roots, whose noise is 1 / (4 listeners + 2).  # [n, 9], [n, 1]"""
    result: FloatArray = np.arcsin(np.sqrt((shares * listeners + 3 / 8) / (listeners + 3 / 4)))
    return result


def _shares(arcs: FloatArray) -> FloatArray:
    result: FloatArray = np.sin(np.clip(arcs, 0, np.pi / 2)) ** 2
    return result


def _errors(shares: FloatArray, arc_error: FloatArray) -> FloatArray:
    """Errors of arcsines as those of shares, which are smaller near 0 and 1.  # [n, 9]"""
    steep = 2 * np.sqrt(np.maximum(shares * (1 - shares), 0.02))
    result: FloatArray = (steep * arc_error).astype(np.float32)
    return result


def _checked(what: str, array: FloatArray | None, rows: int, columns: int) -> FloatArray:
    if array is None or array.shape != (rows, columns):
        found = "missing" if array is None else f"of shape {array.shape}"
        raise BadRequest(f"The mood model takes {what} of shape ({rows}, {columns}); these are {found}.")
    return array


_SHAPED = (
    "mean", "scale", "turn", "centre", "waves", "weights", "bias", "slope", "offset", "error",
    "mood_weights", "mood_bias",
)  # fmt: skip
_LARGE = ("turn", "waves", "weights")


def _arrays(saved: kept.Kept, config: CombinerConfig) -> dict[str, FloatArray]:
    """The arrays, of shapes that fit each other."""
    k, w = saved.array("waves", None, None).shape
    d = config.dim + config.words + (HEARD.stop if config.measures else 0)
    out, four = len(GEMS) + len(TOLD), len(MOODS)
    shapes = dict(zip(_SHAPED, (
        (d,), (d,), (d, k), (k,), (k, w), (2 * w, out), (out,), (len(GEMS),), (len(GEMS),), (len(GEMS),), (four, four),
        (four,)), strict=True))  # fmt: skip
    return {name: saved.array(name, *shape, finite=True).astype(np.float32) for name, shape in shapes.items()}
