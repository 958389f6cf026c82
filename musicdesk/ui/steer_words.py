"""What is told of a steering: where seed and list stand, what proves it, and the desk's sentences for a window."""

import re

from musicdesk.desk.claims import verdict
from musicdesk.desk.wishes import wishes_of
from musicdesk.records import Steered
from musicdesk.ui.mood_words import PLAIN

STANDING_HINT = "Where the seed stands and where the ten best of the list do, as percentiles of your library"
FAR = 0.2
"""An axis that nobody asked for is told of when the list moved by so much of the library."""
_LEARN = re.compile(r"Let it learn this library with: musicdesk steer learn\.?")
LEARNING = "How moods differ here is still to be learned; that goes on by itself, in the background."
_RUN = re.compile(r"[.,;]? (then )?[Rr]un: musicdesk [a-z ]+\.?$")


def in_the_window(sentence: str) -> str:
    """A sentence of the desk without the commands that a terminal would take."""
    return _RUN.sub(".", _LEARN.sub(LEARNING, sentence))


def standing_text(answer: Steered) -> str:
    """Where the seed and the list stand, in the axes that were asked for."""
    start, reached = dict(answer.start), dict(answer.reached)
    named = {wish.axis for wish in wishes_of(answer.steer, start)}
    named |= {axis for axis in start if abs(reached[axis] - start[axis]) >= FAR}
    told = [f"{PLAIN[axis]} {100 * start[axis]:.0f} → {100 * reached[axis]:.0f}" for axis in start if axis in named]
    if not told:
        return ""
    return "; ".join(filter(None, (f"The ten best: {', '.join(told)}", verdict(answer))))
