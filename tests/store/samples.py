"""Small rows for the tests of the store."""

import numpy as np

from musicdesk.records import Analysis, EncoderKey, FoundFile, ReplayGain, ScannedFile, State, Tags

KEY = EncoderKey("musicnn", "1", "mel96")
NEXT = EncoderKey("musicnn", "2", "mel96")
WORDS = ("guitar", "piano")


def sound(number):
    """The identity of a sound."""
    return f"1:{number:032x}"


def scanned(path, number=None, *, mtime=1, problem="", length_s=200.0, **tags):
    """A scanned file; without a number it could not be identified."""
    audio_hash = "" if number is None else sound(number)
    return ScannedFile(FoundFile(path, 1000, mtime), audio_hash, Tags(**tags), length_s, "flac", problem)


def full_tags():
    """Tags with something in every field."""
    return Tags(
        title="Jóga", artists=("Björk", "Tyler, The Creator"), album="Homogenic", album_artists=("Björk",),
        genres=("art pop",), track_number=2, disc_number=1, year=1997, rating=0.8,
        replay_gain=ReplayGain(-7.5, 0.98, None, 1.0), recording_mbid="r", release_mbid="l", artist_mbids=("a", "b"),
        comment="A gift\u2028of Ana",
    )  # fmt: skip


def analysis(number, *, state=State.OK, dim=4, tags=(0.5, 0.25), **more):
    """A vector made of the sound's number."""
    vector = np.random.default_rng(number).standard_normal(dim).astype(np.float32)
    return Analysis(sound(number), vector, np.array(tags, dtype=np.float32), 3, 12.5, state, **more)
