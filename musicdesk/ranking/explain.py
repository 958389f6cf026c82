"""Why a track stands where it stands: the terms of its score."""

import math

import numpy as np

from musicdesk.ranking.filters import Allowed
from musicdesk.ranking.scores import Board
from musicdesk.records import Explanation, FloatArray, Part, Track


def parts(board: Board, gains: FloatArray, row: int) -> tuple[Part, ...]:
    """The parts of one track's score, largest effect first, in the order of the board where they are equal."""
    shares = board.contributions(gains, np.array([row]))[0]
    found = [
        Part(name, slot, float(gain), float(share), float(percentile))
        for name, slot, gain, share, percentile in zip(
            board.names, board.slots, gains, shares, board.percentiles[:, row], strict=True
        )
    ]
    return tuple(sorted(found, key=lambda part: -abs(part.contribution)))


def explain(
    board: Board,
    gains: FloatArray,
    row: int,
    *,
    track: Track,
    scores: FloatArray | None = None,
    allowed: Allowed | None = None,
    passed_over: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
) -> Explanation:
    """Explain one track: its parts add up to its score exactly (``math.fsum`` in float64).

    ``rank`` counts all analysed tracks before filters and caps, by ``scores`` [n] = ``board.scores(gains)`` if they are
    at hand. ``allowed`` gives the filters' reasons, ``passed_over`` the list's (``listing.passed_over``), ``words`` the
    encoder's (``naming.standing_out``).
    """
    scores = board.scores(gains) if scores is None else scores
    terms = parts(board, gains, row)
    better = int((scores > scores[row]).sum())
    return Explanation(
        track=track,
        score=math.fsum(part.contribution for part in terms),
        match=1 - better / len(scores),
        rank=better + 1,
        of=len(scores),
        parts=terms,
        left_out=(*_sentences(allowed, row), *passed_over),
        words=words,
    )


def _sentences(allowed: Allowed | None, row: int) -> tuple[str, ...]:
    reasons = allowed.why_not(row) if allowed else ()
    return tuple(f"It is left out: {reason}." for reason in reasons)
