"""From a recommender's scores to a column of the board, on the scale of the prototypes' columns."""

import numpy as np
import numpy.typing as npt

from musicdesk.prototypes.columns import rarity
from musicdesk.records import FloatArray

UNKNOWN = 0.5
"""The percentile of a track of which the recommender knows nothing: neither pushed nor held back."""


def advised(scores: FloatArray, servable: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Column and percentiles of ``scores`` [n]: c = -ln(1 - percentile) among the tracks that are ``servable`` [n].

    Their mean is 1 in every library, as a prototype's, so that gains of both weigh alike. The others stand at the
    median, so that what nobody knows is neither pushed nor held back.  # [n], [n]
    """
    shares = np.full(len(scores), UNKNOWN, dtype=np.float32)
    if servable.any():
        shares[servable] = rarity(np.asarray(scores[servable], np.float32)[None])[1][0]
    return -np.log1p(-shares), shares
