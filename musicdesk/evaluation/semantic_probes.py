"""What can be read off vectors by a linear probe, at sounds of artists that neither the probe nor the network knew."""

from collections.abc import Mapping

import numpy as np

from musicdesk.evaluation.mood_metrics import Draws
from musicdesk.evaluation.resampling import Values
from musicdesk.evaluation.semantic_tables import Row
from musicdesk.records import FloatArray, IntArray
from musicdesk.semantic.guard import ridge

GENRE, EMOTIONS = "genre_accuracy", "emotion_r"


def answers(known: FloatArray, asked: FloatArray, goals: FloatArray) -> Values:
    """What a ridge that was taught with ``known`` [n, d] and ``goals`` [n, k] says of ``asked`` [m, d].  # [m, k]"""
    return ridge(known, np.asarray(goals, np.float64), asked)


def rows(
    told: Mapping[str, tuple[Values, Values]], classes: IntArray, shares: FloatArray, units: IntArray, *,
    against: tuple[str, ...] = (), seed: int = 0,
) -> tuple[Row, ...]:  # fmt: skip
    """A row for each way: accuracy of the classes, mean correlation of the shares; tests are paired over ``units``.

    ``told``: way → what was answered of the classes [n, c] and of the shares [n, k].
    """
    draws = Draws(units, seed=seed)
    drawn = {
        name: {GENRE: _accuracies(of_class, classes, draws), EMOTIONS: _correlations(of_share, shares, draws)}
        for name, (of_class, of_share) in told.items()
    }
    return tuple(
        Row(
            name,
            {metric: draws.measure(column) for metric, column in own.items()},
            {
                other: {metric: draws.difference(own[metric], drawn[other][metric]) for metric in own}
                for other in against
                if other in drawn and other != name
            },
        )
        for name, own in drawn.items()
    )


def _accuracies(told: Values, classes: IntArray, draws: Draws) -> Values:
    right = (told.argmax(axis=1) == classes).astype(np.float64)
    return np.asarray(draws.means(right[:, None])[:, 0], np.float64)


def _correlations(told: Values, true: FloatArray, draws: Draws) -> Values:
    """The mean over columns of Pearson's r, for each draw.  # [1 + repeats]"""
    x, y = told, np.asarray(true, np.float64)
    mean_x, mean_y, xx, yy, xy = (draws.means(part) for part in (x, y, x * x, y * y, x * y))
    spread = np.sqrt(np.maximum(xx - mean_x**2, 0) * np.maximum(yy - mean_y**2, 0))
    r = np.divide(xy - mean_x * mean_y, spread, out=np.zeros_like(spread), where=spread > 0)
    return np.asarray(r.mean(axis=1), np.float64)
