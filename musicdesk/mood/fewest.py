"""Whether there is enough to teach a translator with."""

import numpy as np

from musicdesk.mood.catalogue import Catalogue
from musicdesk.records import MOODS, UNCERTAIN

FEWEST_TRACKS, FEWEST_ARTISTS, FEWEST_OF_A_MOOD = 150, 10, 15
"""Of fewer the plain method finds better: see evaluation/moods.md."""


def enough(catalogue: Catalogue, *, unsure: bool = True) -> str:
    """What there is too little of to teach a translator with these sounds, as a sentence; "" if there is enough.

    ``unsure`` counts each sound as what it most likely is, as the translator is taught unless told otherwise; else
    only moods that are sure count.
    """
    labels = catalogue.likeliest if unsure else catalogue.labels
    known, word = np.flatnonzero(labels != UNCERTAIN), "known" if unsure else "sure"
    if len(known) < FEWEST_TRACKS:
        return f"The mood of {len(known)} tracks is {word}; steering is learned from {FEWEST_TRACKS}. {_AGAIN}"
    artists = len(np.unique(catalogue.groups[known]))
    if artists < FEWEST_ARTISTS:
        return f"There are {artists} artists whose mood is {word}; steering is learned from {FEWEST_ARTISTS}. {_AGAIN}"
    counts = np.bincount(labels[known], minlength=len(MOODS))
    if counts.min() < FEWEST_OF_A_MOOD:
        rare = int(counts.argmin())
        how = "most likely" if unsure else "for sure"
        needed = f"steering is learned from {FEWEST_OF_A_MOOD} of each mood"
        return f"{counts[rare]} tracks are {how} {MOODS[rare]}; {needed}. {_AGAIN}"
    return ""


_AGAIN = "Analyse more music, or correct the moods of some tracks."
