"""A small data set in the files of HetRec Last.fm: kinds of artists that sound alike and carry a tag of their kind."""

import numpy as np

from musicdesk.evaluation import lastfm, tagged_artists

LISTENERS, KINDS = 80, 3


def write(folder, *, artists, kinds_liked, heard):
    """Write it to ``folder``: each listener likes so many of the kinds, and heard so many artists of these."""
    rng, kind = np.random.default_rng(0), np.arange(artists) % KINDS
    _lines(folder / lastfm.FEATURES, *_sounds(kind, rng))
    plays = []
    for listener in range(LISTENERS):
        liked = np.flatnonzero((kind - listener) % KINDS < kinds_liked)
        some = rng.choice(liked, heard, replace=False)
        plays += [f"{listener}\t{artist}\t{rng.integers(1, 99)}" for artist in some]
    _lines(folder / lastfm.PLAYS, "userID\tartistID\tweight", plays)
    tags = [f"1\t{artist}\t{10 + kind[artist]}\t1\t1\t2010" for artist in range(artists)]
    _lines(folder / tagged_artists.TAGGED, "userID\tartistID\ttagID\tday\tmonth\tyear", tags)
    names = [*(f"{10 + k}\tkind {k}" for k in range(KINDS)), "99\tnobody says so"]
    _lines(folder / tagged_artists.TAGS, "tagID\ttagValue", names)
    return folder


def _sounds(kind, rng):
    """The head and the rows: each kind of artist stands out in a feature of its own."""
    columns = ("mode", "count", *(name for name in lastfm.SOUND if name != "mode"), "popularity", "key")
    sounds = 0.5 + 0.3 * rng.random((len(kind), len(columns)))
    sounds[np.arange(len(kind)), 2 + kind] += 0.5
    rows = [f"{a},Artist {a},{','.join(f'{v:.4f}' for v in row)}" for a, row in enumerate(sounds)]
    return f"id,name,{','.join(columns)}", rows


def _lines(path, head, rows):
    path.write_text("\n".join([head, *rows]) + "\n")
