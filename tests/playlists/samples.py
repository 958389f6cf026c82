"""Playlists for the tests of the formats."""

import os

from musicdesk.records import Playlist, PlaylistEntry

MBID = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"
ODD_NAMES = (
    "plain.flac",
    "Beyoncé.flac",
    "Beyonce\u0301 (NFD).flac",
    os.fsdecode(b"caf\xe9.flac"),
    "🎵 emoji.flac",
    "100% #1 & <best> \"of\" 'all'?.flac",
    "#first.flac",
    " space around .flac ",
    "line\nbreak\rand tab\t.flac",
    "semi;colon=equals.flac",
    "[playlist].flac",
    "back\\slash.flac",
    "a: b.flac",
    "http: not a url.flac",
    "%41%00.flac",
    "File1=x.flac",
    "narrow\u2028line.flac",
    "trailing dot.",
)


def entry(path="/m/a.flac", **more):
    """An entry with something in every field."""
    said = {
        "title": "Jóga", "artist": "Björk; Mark Bell", "album": "Homogenic", "length_s": 305.0, "recording_mbid": MBID,
        "track_number": 2,
    }  # fmt: skip
    return PlaylistEntry(path, **{**said, **more})


def evening(*entries):
    """A playlist with name and note."""
    return Playlist("An evening, quiet", entries or (entry(),), "quiet piano 1.4\nseed: Jóga")
