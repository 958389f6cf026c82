"""A search by words: what was asked, what was found, and why."""

from dataclasses import dataclass
from unicodedata import category

from musicdesk.records.library import Track


def _says(sign: str) -> bool:
    """Whether a sign is a letter, a number or a picture (🎹), and no mere mark."""
    kind = category(sign)
    return kind[0] in "LN" or kind == "So"


@dataclass(frozen=True, slots=True)
class Understood:
    """What a query was taken for."""

    words: tuple[str, ...] = ()
    """The plain words, in their order."""
    phrases: tuple[str, ...] = ()
    """What stood in quotation marks and must stand so in what a file says."""
    without: tuple[str, ...] = ()
    """What shall not be there: "no vocals", "without drums", "-live"."""
    fields: tuple[tuple[str, str], ...] = ()
    """(field, what it shall hold): artist, album, title, genre, tag, comment, year ("1990-1999"), mood."""
    corrected: tuple[tuple[str, str], ...] = ()
    """(as typed, what it was taken for) of words that nothing here is called by."""
    left_out: int = 0
    """Words behind the longest query that is read."""

    @property
    def meaning(self) -> str:
        """What is asked for by meaning: the plain words as one text, without those that are marks alone."""
        return " ".join(word for word in self.words if any(map(_says, word)))


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for a hit, or against it."""

    part: str
    """text (what the file and the listener say), tags (words that the encoder hears), sound (the space that sounds
    share with words), mood, or without (what was not wanted)."""
    words: tuple[str, ...]
    """The words that matched; none for sound."""
    amount: float
    """Its share of the score; below 0 it speaks against."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A track that a search found."""

    track: Track
    exact: bool
    """Whether every word stands in what the file or the listener says; such hits come first."""
    score: float
    """The sum of the amounts of its reasons."""
    match: float
    """The share of the library that fits less well, 0 to 1; 1 for an exact hit."""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search."""

    query: str
    hits: tuple[Hit, ...]
    """Exact hits first, then by meaning; each sound once."""
    exact: int
    """How many tracks hold every word, though not all of them may be in the list."""
    understood: Understood
    parts: tuple[str, ...]
    """What could be asked here, of text, tags and sound."""
    sentence: str = ""
    """What lacks, or what was taken for something else; "" if there is nothing to tell."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search kept under a name: a playlist that is found anew whenever it is looked at."""

    name: str
    query: str
    changed: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchStatus:
    """What a search can go by now."""

    parts: tuple[str, ...]
    """Of text, tags and sound."""
    sentence: str = ""
    """What lacks and the command that helps; "" if nothing does."""
    reader: str = ""
    """What reads sentences; "" while nothing can."""
    space: str = ""
    """The encoder whose space holds sounds and words; "" while there is none."""
    loaded: bool = False
    """Whether the next answer needs no loading."""
