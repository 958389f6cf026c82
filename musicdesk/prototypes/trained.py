"""The audio prototypical network as arrays: what it learned, served by numpy.

Every sound asks all prototypes at once (multi-head attention: sounds are queries, prototypes are keys). The mean
attention of a history is its profile, one number a prototype, and that is what a person edits. A score is linear in it:

    score(i) = Σ_k gain_k · c_k(i) + well_known(i)
    c_k(i)   = (<v_k, a_i> + b_ik · <h_k, a_i>) / K

with a_i the sound's own vector, v_k the value of prototype k, b_i the attention of i as a unit vector, and h_k the part
of the history that listens to k. The first term is the published value path (Oncel et al., "Audio prototypical network
for controllable music recommendation", MLSP 2025); the second lets the songs themselves speak through each prototype,
as the clusters of MacridVAE do (Ma et al., NeurIPS 2019), and keeps the score linear. With ``gains = K · profile`` it
is the network's own belief: a gain of 1 says that the prototype is heard as often as if all were heard evenly.

Prototypes are any unit rows of the space of the sounds: one that was never seen in training works at once.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from musicdesk import kept
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.records import FloatArray, IntArray, unit_rows

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

METHOD = "prototypes"
BOTH, PROTOTYPES, SONGS = "both", "prototypes", "songs"
VALUES = (BOTH, PROTOTYPES, SONGS)
LINEAR, DEEP = "linear", "deep"
HEADS = (LINEAR, DEEP)
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The shape of the network and how it is taught; defaults as chosen on HetRec Last.fm."""

    width: int = 128
    """Of the vectors that sounds are scored by."""
    heads: int = 4
    head_width: int = 16
    values: str = BOTH
    """What is passed on: "prototypes" as published, what the "songs" say through them, or both."""
    tied: bool = True
    """Whether prototypes are projected as sounds are, so that a sound listens to what is like it, and a slider pulls
    towards what its prototype sounds like. Free keys and values, as published, may learn to pull anywhere that helps
    the score."""
    head: str = LINEAR
    """"deep" adds a layer that is not linear in the gains: what that gains is to be measured, it cannot be edited."""
    calibration: float = 0.5
    """λ1: how much the profile shall agree with the tags of what was heard."""
    separability: float = 0.1
    """λ2: how much the prototypes shall stay apart after their projection."""
    margin: float = 0.2
    """The cosine from which two projected prototypes are too near."""
    own: bool = True
    """Whether items that people listened to have a part of their own beside their sound."""
    forgotten: float = 0.1
    """The share of items whose own part is left out at each step, so that sounds alone serve (Volkovs et al., 2017)."""
    hidden: float = 0.5
    """The share of a history that has to be foretold from the rest."""
    power: float = 0.5
    """Exponent of the degrees of a history."""
    columns: int = 1500
    """Items that are told apart at a step: all that were heard, and others drawn by lot."""
    epochs: int = 12
    batch: int = 256
    learning_rate: float = 0.05
    weight_decay: float = 0.1
    patience: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.values not in VALUES or self.head not in HEADS:
            raise BadRequest(f"Values are one of {', '.join(VALUES)}, the head one of {', '.join(HEADS)}.")
        if min(self.width, self.heads, self.head_width, self.columns) < 1:
            raise BadRequest("Width, heads and columns are 1 or more.")
        if min(self.calibration, self.separability) < 0 or not -1 <= self.margin <= 1 or not 0 <= self.power <= 4:
            raise BadRequest("λ1 and λ2 are not below 0, the margin is a cosine, the exponent between 0 and 4.")
        if not 0 < self.hidden < 1 or not 0 <= self.forgotten < 1:
            raise BadRequest("The hidden share lies between 0 and 1, and not all own parts are forgotten.")


@dataclass(frozen=True, eq=False)
class Trained:
    """What the network learned; all rows of sounds and prototypes are unit vectors of one space."""

    config: NetworkConfig
    sound: FloatArray  # [dim, width] from a sound to its vector
    query: FloatArray  # [width, heads * head_width]
    key: FloatArray  # [dim, heads * head_width] from a prototype to its keys, unless they are tied
    value: FloatArray  # [dim, width] from a prototype to its value, unless that is tied
    scales: FloatArray  # [3] sharpness of the attention, weight of the prototypes' values, weight of the songs'
    own: FloatArray  # [n_items, width] the items' own parts; zeros where nobody listened, no rows without any
    bias: FloatArray  # [n_items] how well known each item is
    deep: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """The two layers of the head that is not linear, one below the other.  # [2 * width, width] or none"""

    # -------------------------------------------------------------------------------------------- attention

    def vectors(self, sounds: FloatArray, rows: IntArray | None = None) -> FloatArray:
        """The unit vectors that sounds are scored by.  # [n, dim] -> [n, width]

        ``rows`` [n] are the items' places in the training catalogue, -1 for one that was not there; None: none was.
        """
        told = np.asarray(sounds, np.float32) @ self.sound
        if rows is not None and len(self.own):
            known = rows >= 0
            told[known] += self.own[rows[known]]
        return unit_rows(told)

    def attention(self, sounds: FloatArray, prototypes: FloatArray, rows: IntArray | None = None) -> FloatArray:
        """How much each sound listens to each prototype, mean over the heads.  # [n, dim], [k, dim] -> [n, k]

        Rows sum to 1.
        """
        _check(sounds, prototypes, len(self.sound))
        return self._listening(self.vectors(sounds, rows), prototypes)

    def profile(
        self, history: FloatArray, prototypes: FloatArray, weights: FloatArray | None = None,
        rows: IntArray | None = None,
    ) -> FloatArray:  # fmt: skip
        """What the network believes of a listener: the mean attention of their history, which sums to 1.

        ``weights`` [m] say how much each sound counts; even without any history.  # [m, dim], [k, dim] -> [k]
        """
        if not len(history):
            return np.full(len(prototypes), 1 / max(1, len(prototypes)), np.float32)
        return np.asarray(_shares(len(history), weights) @ self.attention(history, prototypes, rows), np.float32)

    # -------------------------------------------------------------------------------------------- scores

    def columns(
        self, sounds: FloatArray, prototypes: FloatArray, history: FloatArray | None = None, *,
        weights: FloatArray | None = None, rows: IntArray | None = None, history_rows: IntArray | None = None,
    ) -> FloatArray:  # fmt: skip
        """What each prototype says of each sound, for one listener; ``gains @ columns`` is the score.

        ``history`` [m, dim] with ``weights`` [m] is what the listener likes; without one the prototypes' own values
        speak alone.  # [n, dim], [k, dim] -> [k, n] float32
        """
        _check(sounds, prototypes, len(self.sound))
        a = self.vectors(sounds, rows)
        found = np.zeros((len(prototypes), len(a)), np.float32)
        if self._weight(PROTOTYPES):
            found += self._weight(PROTOTYPES) * (self._values(prototypes) @ a.T)
        if history is not None and len(history) and self._weight(SONGS):
            through = self._songs(history, prototypes, _shares(len(history), weights), history_rows)
            found += self._weight(SONGS) * self._gates(a, prototypes).T * (through @ a.T)
        return np.ascontiguousarray(found / np.float32(len(prototypes)))

    def well_known(self, rows: IntArray) -> FloatArray:
        """The part of the score that is no prototype's: how well known each item is.  # [n] rows, -1: 0 -> [n]"""
        told = np.append(self.bias, np.float32(0))
        return np.asarray(told[np.where(rows >= 0, rows, len(self.bias))], np.float32)

    def scores(
        self, matrix: "csr_matrix", sounds: FloatArray, prototypes: FloatArray, *, gates: FloatArray | None = None
    ) -> FloatArray:
        """The scores of all items of the training catalogue for many histories at once.

        ``matrix`` [m, n_items] holds the histories' weights, ``gates`` [m, k] factors on what the network believes
        of each prototype (None: 1). The same as ``columns`` under ``gates`` times K times ``profile``, plus
        ``well_known``, and with the layer that is not linear where there is one.  # -> [m, n_items] float32
        """
        shares, rows = _row_shares(matrix), np.arange(len(sounds))
        used = np.unique(shares.indices)
        shares = shares[:, used]
        a = self.vectors(sounds, rows)
        listening = self._listening(a[used], prototypes)
        profiles = np.asarray(shares @ listening)
        moved = profiles if gates is None else profiles * gates
        found = np.tile(self.bias, (shares.shape[0], 1))
        if self._weight(PROTOTYPES):
            found += self._weight(PROTOTYPES) * ((moved @ self._values(prototypes)) @ a.T)
        if self._weight(SONGS):
            found += self._weight(SONGS) * self._through(shares, a, used, prototypes, gates)
        if len(self.deep):
            found += self._deeper(moved, shares @ a[used], prototypes) @ a.T
        return np.asarray(found, np.float32)

    # -------------------------------------------------------------------------------------------- on the disk

    def save(self, folder: Path) -> None:
        """Write the arrays and the config."""
        names = ("sound", "query", "key", "value", "scales", "own", "bias", "deep")
        kept.write(folder, METHOD, config=self.config, arrays={name: getattr(self, name) for name in names})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable if anything is missing or broken."""
        found = kept.read(folder, METHOD)
        config = found.config_as(NetworkConfig)
        heads = config.heads * config.head_width
        sound = found.array("sound", None, config.width, finite=True)
        n_items = len(found.array("bias", None, finite=True))
        shapes = {
            "query": (config.width, heads), "key": (len(sound), heads), "value": (len(sound), config.width),
            "scales": (3,), "own": (None, config.width), "bias": (n_items,), "deep": (None, None),
        }  # fmt: skip
        arrays = {name: found.array(name, *shape, finite=True) for name, shape in shapes.items()}
        if len(arrays["own"]) not in (0, n_items) or arrays["deep"].shape not in (
            (0, 0),
            (2 * config.width, config.width),
        ):
            raise ModelUnavailable("The saved network is broken. Make it anew: musicdesk taste learn")
        return cls(config, sound, **arrays)

    # -------------------------------------------------------------------------------------------- inside

    def _weight(self, path: str) -> float:
        return float(self.scales[1 if path == PROTOTYPES else 2]) if self.config.values in (BOTH, path) else 0.0

    def _listening(self, a: FloatArray, prototypes: FloatArray) -> FloatArray:
        """The mean softmax over the heads.  # [n, width], [k, dim] -> [n, k]"""
        heads = self.config.heads
        total = np.zeros((len(a), len(prototypes)), np.float32)
        keys = self.vectors(prototypes) @ self.query if self.config.tied else prototypes @ self.key
        for q, k in zip(np.split(a @ self.query, heads, axis=1), np.split(keys, heads, axis=1), strict=True):
            logits = float(self.scales[0]) * (unit_rows(q) @ unit_rows(k).T)
            logits -= logits.max(axis=1, keepdims=True)
            np.exp(logits, out=logits)
            total += logits / logits.sum(axis=1, keepdims=True)
        return total / np.float32(heads)

    def _gates(self, a: FloatArray, prototypes: FloatArray) -> FloatArray:
        """The attention as unit vectors: how far each prototype lets a sound through.  # [n, k]"""
        return unit_rows(self._listening(a, prototypes))

    def _values(self, prototypes: FloatArray) -> FloatArray:
        return unit_rows(prototypes @ (self.sound if self.config.tied else self.value))

    def _songs(
        self, history: FloatArray, prototypes: FloatArray, shares: FloatArray, rows: IntArray | None
    ) -> FloatArray:
        """h_k: what the history says through each prototype, for one unit of its profile.  # [k, width]"""
        a = self.vectors(history, rows)
        listening = self._listening(a, prototypes)
        said = (shares[:, None] * unit_rows(listening)).T @ a
        return np.asarray(said / np.maximum(shares @ listening, TINY)[:, None], np.float32)

    def _through(
        self, shares: "csr_matrix", a: FloatArray, used: IntArray, prototypes: FloatArray, gates: FloatArray | None
    ) -> FloatArray:
        """The songs' path for many histories.  # [m, n]"""
        b = self._gates(a, prototypes)
        if gates is None:
            return np.asarray(shares @ ((a[used] @ a.T) * (b[used] @ b.T)), np.float32)
        rows = []
        for one, gate in zip(shares, gates, strict=True):
            some = used[one.indices]
            rows.append(one.data @ ((a[some] @ a.T) * ((b[some] * gate) @ b.T)))
        return np.asarray(rows, np.float32)

    def _deeper(self, profiles: FloatArray, songs: FloatArray, prototypes: FloatArray) -> FloatArray:
        """What the layer that is not linear makes of a listener.  # [m, k], [m, width] -> [m, width]"""
        first, second = np.split(self.deep, 2)
        told = profiles @ self._values(prototypes) + songs
        return np.asarray(np.maximum(told @ first, 0) @ second, np.float32)


def _shares(count: int, weights: FloatArray | None) -> FloatArray:
    """Weights that sum to 1; even ones where none says anything.  # [count]"""
    told = np.ones(count, np.float32) if weights is None else np.maximum(np.asarray(weights, np.float32), 0)
    if told.shape != (count,):
        raise BadRequest("A history has one weight for each of its sounds.")
    total = float(told.sum())
    return np.asarray(told / total if total > 0 else np.full(count, 1 / count), np.float32)


def _row_shares(matrix: "csr_matrix") -> "csr_matrix":
    """Rows that sum to 1, what is against left out; empty ones stay empty."""
    from scipy.sparse import diags

    positive = matrix.maximum(0).tocsr().astype(np.float32)
    positive.eliminate_zeros()
    totals = np.asarray(positive.sum(axis=1)).ravel()
    return (diags(1 / np.maximum(totals, TINY)) @ positive).tocsr().astype(np.float32)


def _check(sounds: FloatArray, prototypes: FloatArray, dim: int) -> None:
    if (
        sounds.ndim != 2
        or prototypes.ndim != 2
        or {sounds.shape[1], prototypes.shape[1]} != {dim}
        or not len(prototypes)
    ):
        raise BadRequest(f"Sounds and prototypes are rows of {dim} numbers, and there is a prototype.")
