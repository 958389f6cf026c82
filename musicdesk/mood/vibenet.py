"""VibeNet as a witness of the axes: what its attributes say of a library, where its vectors lie beside the others.

It has a say where that was measured to help, by folds of artists on Emotify; intervals are over artists. Beside a
combiner of the library's own vectors (``hearing``) its energy tells nothing new of arousal (r .779, with it .777) and
its valence next to nothing of valence (.464, with it .475, difference -.011 to .035): there it is asked of acousticness
alone, where it tells classical music from rock and electronic music better (area under the curve .944, with it .969,
difference .010 to .045). Where only measures tell, as with an encoder that no combiner was taught by, it raises valence
(.362 to .405, difference .005 to .085) and acousticness (.716 to .968); of arousal (.656 to .663, -.002 to .016) it is
asked for the sake of sounds that were not measured, of which nobody else tells anything (r .53).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from musicdesk.mood.combiner import Combiner
from musicdesk.mood.witnesses import Witness, ranked
from musicdesk.records import Axis, EncoderKey, FloatArray, Vectors

ENCODER = "vibenet"
"""Whose vectors are asked."""
NAME = "VibeNet"
ATTRIBUTE: Mapping[Axis, str] = {
    Axis.AROUSAL: "energy", Axis.VALENCE: "valence", Axis.ACOUSTICNESS: "acousticness",
}  # fmt: skip
"""What is asked of an axis. Of voices nothing is asked: instrumentalness was measured on nothing, and hardly moves."""
TRUST: Mapping[Axis, float] = {Axis.ACOUSTICNESS: 1.0}
"""Beside a combiner of the library's own vectors."""
TRUST_ALONE: Mapping[Axis, float] = {Axis.AROUSAL: 0.5, Axis.VALENCE: 1.0, Axis.ACOUSTICNESS: 1.0}
"""Where only the combiner of the measures tells, or none."""


def witnesses(hashes: Sequence[str], heard: Vectors | None, *, ranks: EncoderKey) -> dict[Axis, tuple[Witness, ...]]:
    """What VibeNet says of the axes, row by row as ``hashes``; for ``labelling`` as ``others``.

    ``heard`` are the vectors of the encoder ENCODER, in whatever order, and may lack sounds; nothing is said by others,
    or where there are none. ``ranks`` is the encoder of the library's own vectors.
    """
    if heard is None or heard.key.name != ENCODER or not len(heard):
        return {}
    rows = _rows(hashes, heard.hashes)
    told = {axis: _told(heard, name, rows) for axis, name in ATTRIBUTE.items() if name in heard.vocabulary}
    trust = TRUST if Combiner.for_encoder(ranks, has_measures=False) else TRUST_ALONE
    return {
        axis: (Witness(NAME, values, trust[axis]),)
        for axis, values in told.items() if axis in trust and np.isfinite(values).any()
    }  # fmt: skip


def _told(heard: Vectors, attribute: str, rows: Sequence[int]) -> FloatArray:
    """An attribute in deviations of the library; nan where a sound was not heard.  # [n]"""
    values = np.append(heard.tags[:, heard.vocabulary.index(attribute)], np.float32(np.nan))
    return ranked(values[np.asarray(rows, dtype=np.int64)])


def _rows(hashes: Sequence[str], found: Sequence[str]) -> list[int]:
    """Where each sound lies among those found; -1 where it does not."""
    places = {name: row for row, name in enumerate(found)}
    return [places.get(name, -1) for name in hashes]
