"""A made-up library whose genres and moods are known, over a real desk: vectors are written, no file is read."""

from pathlib import Path

import numpy as np
from three_kinds import open_desk

from musicdesk.records import MOODS, Analysis, Axis, FoundFile, Mood, MoodCorrection, ScannedFile, Tags

GENRES = ("folk", "rock", "techno")
EACH, ARTISTS = 20, 10
"""Tracks of every genre in every mood, and artists of every genre."""
LIVELY = {Mood.ENERGETIC: 1.0, Mood.HAPPY: 0.4, Mood.SAD: -0.5, Mood.CALM: -1.0}
PLEASANT = {Mood.ENERGETIC: 0.0, Mood.HAPPY: 1.0, Mood.SAD: -1.0, Mood.CALM: 0.2}
PACE, TEMPO, FULLNESS = 95, 90, 107
"""Where the handcrafted vector says how lively music is; moods are not made of it."""


def title(genre: str, mood: Mood, number: int) -> str:
    return f"{genre} {mood.value} {number}"


def write_library(data: Path, *, corrected: bool = True) -> None:
    """240 tracks: three genres, four moods, thirty artists; the listener has said the mood of each if ``corrected``."""
    rng = np.random.default_rng(4)
    kinds, feelings = rng.standard_normal((len(GENRES), 90)), rng.standard_normal((len(MOODS), 90))
    files, analyses, corrections = [], [], []
    for g, genre in enumerate(GENRES):
        for m, mood in enumerate(MOODS):
            for number in range(EACH):
                sound = f"1:{g}{m}{number:030x}"
                files.append(_file(genre, mood, number, sound))
                vector = np.zeros(108, np.float32)
                vector[:90] = 1.5 * kinds[g] + 0.7 * feelings[m] + 0.6 * rng.standard_normal(90)
                vector[90:] = 0.2 * rng.standard_normal(18)
                vector[[PACE, TEMPO, FULLNESS]] += LIVELY[mood]
                analyses.append(Analysis(sound, vector, np.full(16, 0.5, np.float32), windows=1, typical_s=0.0))
                corrections.append(_said(sound, mood, rng))
    with open_desk(data) as desk:
        desk._stores.tracks.save(files, now=1.0)
        spec = desk.modelling.spec("handcrafted")
        desk._stores.vectors.add(analyses, key=spec.key, vocabulary=spec.vocabulary, now=1.0)
        if corrected:
            desk._stores.moods.put(corrections, now=1.0)


def _file(genre: str, mood: Mood, number: int, sound: str) -> ScannedFile:
    called = title(genre, mood, number)
    tags = Tags(title=called, artists=(f"{genre} player {number % ARTISTS}",), album=f"{called} album", genres=(genre,))
    return ScannedFile(FoundFile(f"/music/{called}.flac", 1000 + number, 1), sound, tags, 200.0 + number, "flac")


def _said(sound: str, mood: Mood, rng: np.random.Generator) -> MoodCorrection:
    lively, pleasant = (float(np.clip(0.5 + 0.4 * told[mood] + 0.05 * rng.standard_normal(), 0, 1))
                        for told in (LIVELY, PLEASANT))  # fmt: skip
    return MoodCorrection(sound, mood, ((Axis.AROUSAL, lively), (Axis.VALENCE, pleasant), (Axis.TEMPO, lively)))


def mood_of(called: str) -> str:
    return called.split()[1]


def genre_of(called: str) -> str:
    return called.split()[0]
