"""Sounds made up of genres and emotions, with what people would say of them, for measuring search by words."""

from pathlib import Path

import numpy as np

from musicdesk.evaluation import semantic_words as words
from musicdesk.evaluation.semantic_data import LISTED, SAID, WordedSounds
from musicdesk.mood.axes import GEMS
from musicdesk.semantic.texts import Facts

GENRES = ("classical", "rock", "electronic", "pop")
VOCABULARY = ("piano", "metal", "slow", "fast", "calm", "sad")


def worded(n=96, *, artists=24, noise=0.3, seed=0):
    """``n`` sounds whose vectors tell genre and emotions; artists are of one genre each."""
    rng, always = np.random.default_rng(seed), np.random.default_rng(77)
    artist = np.arange(n) % artists
    genre = artist % len(GENRES)
    shares = (0.2 + 0.5 * (rng.random((n, len(GEMS))) > 0.7)).astype(np.float32)
    tempo = rng.standard_normal(n).astype(np.float32)
    told = np.concatenate([np.eye(4)[genre], 2 * shares, 0.3 * tempo[:, None]], axis=1)
    sounds = told @ always.standard_normal((told.shape[1], 20)) + noise * rng.standard_normal((n, 20))
    emotions = words.felt(shares)
    genres = tuple(GENRES[place] for place in genre)
    facts = tuple(
        Facts(f"Title {i}", f"Artist {artist[i]}", genres=(genres[i],), own_tags=words.tags(emotions[i]))
        for i in range(n)
    )
    return WordedSounds(
        name="made up", sounds=sounds.astype(np.float32), tags=rng.random((n, len(VOCABULARY))).astype(np.float32),
        vocabulary=VOCABULARY, facts=facts, artists=artist,
        queries={
            SAID: tuple(words.queries(g, e, rng=rng, count=1) for g, e in zip(genres, emotions, strict=True)),
            LISTED: tuple((words.listed(g, e),) for g, e in zip(genres, emotions, strict=True)),
        },
        genres=genres, shares=shares, tempo=tempo, audio=tuple(str(Path(f"/music/{i}.ogg")) for i in range(n)),
        untold=tuple(Facts(f.title, f.artist, genres=f.genres) for f in facts),
    )  # fmt: skip
