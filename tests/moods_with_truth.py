"""Made-up sounds whose mood and genre are known: a direction of the space for each of both, and a little noise."""

import numpy as np

from musicdesk.evaluation.mood_data import MoodData, one_hot

GENRES = ("folk", "techno")
VOCABULARY = ("piano", "guitar", "female vocal", "electronic", "rock", "jazz", "happy")


def made_up(*, artists=40, each=4, noise=0.4, seed=0, lively=True):
    """Each artist has one genre and sounds of all moods; what the program hears is the truth."""
    rng = np.random.default_rng(seed)
    artist = np.repeat(np.arange(artists), each)
    genre, mood = artist % len(GENRES), np.tile(np.arange(each) % 4, artists)
    directions = np.linalg.qr(rng.normal(size=(16, 16)))[0]
    vectors = directions[genre] + directions[4 + mood] + noise * rng.normal(size=(len(artist), 16)) / 4
    words = 0.1 * rng.random((len(artist), len(VOCABULARY)))
    words[:, 0] += genre == 0
    words[:, 3] += genre == 1
    shares = 0.7 * one_hot(mood) + 0.075
    return MoodData(
        name="made up", vectors=vectors.astype(np.float32), artists=artist, genres=tuple(GENRES[g] for g in genre),
        feel=one_hot(mood), heard=shares.astype(np.float32), labels=mood, words=words.astype(np.float32),
        vocabulary=VOCABULARY, lively=np.where(mood == 0, 0.9, 0.1).astype(np.float32) if lively else None,
        arousal=np.where(mood == 0, 1.0, -1.0).astype(np.float32) if lively else None,
    )  # fmt: skip
