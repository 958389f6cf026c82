"""What is known of a track in words, and the sentences that are made of it.

A track has two texts: what its file and the listener say ("Gnossienne by Satie, from the album Piano. Classical."), and
what it sounds like, as a sentence of its strongest words ("slow, quiet, piano, sad"). The text tower reads both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from musicdesk.records import Track

HEARD = 6
"""So many words of the sound make its sentence."""
COMMENT = 120
"""Letters of a comment that are read: what follows is mostly links and letters of the shop."""
TAGS = 8
"""Genres, and tags of one's own, that are read at most."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one track in words. Empty where nothing is."""

    title: str = ""
    artist: str = ""
    album: str = ""
    genres: tuple[str, ...] = ()
    year: int | None = None
    comment: str = ""
    own_tags: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    """Words of the sound, the strongest first (``heard.words_of``)."""

    @property
    def silent(self) -> bool:
        """Whether there is nothing at all to read."""
        return not text_of(self)


def facts_of(track: Track, *, own_tags: Sequence[str] = (), heard: Sequence[str] = ()) -> Facts:
    """What a file says of itself, with the listener's own tags and the words of the sound."""
    tags = track.tags
    return Facts(
        track.title, track.artist, tags.album, tags.genres, tags.year, getattr(tags, "comment", ""),
        tuple(own_tags), tuple(heard),
    )  # fmt: skip


def metadata_sentence(facts: Facts) -> str:
    """What the file and the listener say, in one line; "" if they say nothing."""
    name = " by ".join(part for part in (facts.title, facts.artist) if part)
    album = f"from the album {facts.album}" if facts.album and facts.album != facts.title else ""
    head = ", ".join(part for part in (name, album, str(facts.year or "")) if part)
    kinds = ", ".join(_once((*facts.genres[:TAGS], *facts.own_tags[:TAGS])))
    return ". ".join(part for part in (head, kinds, _cut(facts.comment)) if part)


def sound_sentence(facts: Facts, *, most: int = HEARD) -> str:
    """What it sounds like: "slow, quiet, piano, sad"; "" if nobody heard words."""
    return ", ".join(facts.heard[:most])


def text_of(facts: Facts) -> str:
    """Both sentences in one, as search and fusion read a track; "" if there is nothing to say."""
    return ". ".join(part for part in (sound_sentence(facts), metadata_sentence(facts)) if part)


def unheard(facts: Facts) -> Facts:
    """The same without the words of the sound."""
    return replace(facts, heard=())


def _once(words: Sequence[str]) -> list[str]:
    """Words without those that stood before, whatever their capitals."""
    return list({word.strip().casefold(): word.strip() for word in reversed(words) if word.strip()}.values())[::-1]


def _cut(comment: str) -> str:
    line = " ".join(comment.split())
    return line if len(line) <= COMMENT else line[:COMMENT].rsplit(" ", 1)[0]
