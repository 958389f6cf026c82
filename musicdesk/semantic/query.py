"""What a person typed into the search box, taken apart; pure, and in any language and script.

Plain words; "what must stand so"; what shall not be there: ``-live``, "no vocals", "without drums", "not sad", and the
same in German, French and Spanish ("ohne Gesang", "sans batterie", "sin voces"); and fields: ``artist:``, ``album:``,
``title:``, ``genre:``, ``tag:``, ``comment:``, ``year:1990-1999`` (or ``year:90s``), ``mood:calm``. A field's value is
one word, or what stands in quotation marks behind it. Anything is a query: what is not understood is plain words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from musicdesk.records.library import printable
from musicdesk.records.searching import Understood
from musicdesk.tracks import fold

LONGEST, LONGEST_WORD = 100, 200
"""Words of a query that are read, and signs of a word."""
FIELDS = ("artist", "album", "title", "genre", "tag", "comment", "year", "mood")
_NOT = "no not without ohne kein keine keinen nicht sans pas sin senza"
NOT = frozenset(_NOT.split())
"""What says that the next word shall not be there; where none follows it is a word like any other."""
_FILLERS = "a an any the too so very much of ein eine zu sehr de du des la le les el los las"
FILLERS = frozenset(_FILLERS.split())
"""What may stand between such a word and what it is about."""
OR = frozenset(("or", "nor", "oder", "noch", "ou", "ni"))
"""What lets it go on: "no drums or vocals"."""
_MODIFIERS = """female male lead backing heavy death black thrash hard soft indie electric acoustic hip drum classical
    easy new progressive classic alternative"""
MODIFIERS = frozenset(_MODIFIERS.split())
"""First words of names of two: "no female vocals" is not about all that is female."""
_PAIRED = {"hip": ("hop",), "drum": ("machine", "machines"), "new": ("age", "wave"), "easy": ("listening",)}
"""Of these, what they are a pair with; the others are with any word."""
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_SEPARATORS = frozenset("-–—|/·•")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_PIECE = re.compile(
    rf"""(?P<minus>-(?=[^\s-]))?
         (?:(?P<field>{"|".join(FIELDS)}):\s*)?
         (?:"(?P<quoted>[^"]*)"|(?P<word>[^\s"]\S*)|(?P<stray>"))""",
    re.IGNORECASE | re.VERBOSE,
)
_RANGE = re.compile(r"(\d{4})?\s*(?:-|–|\.\.)\s*(\d{4})?")
_DECADE = re.compile(r"(\d|\d{3})0['’]?s")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, or what stood in quotation marks, with what stood before it."""

    text: str
    quoted: bool = False
    minus: bool = False
    field: str = ""

    @property
    def plain(self) -> bool:
        """Whether it is a word and nothing else."""
        return not (self.quoted or self.minus or self.field)


def parse(text: str) -> Understood:
    """What ``text`` asks for; nothing for nothing. Of a query of over a hundred words the first hundred are read."""
    pieces, left_out = _pieces(text)
    words, phrases, without, fields = list[str](), list[str](), list[str](), list[tuple[str, str]]()
    place = 0
    while place < len(pieces):
        denied = _denied(pieces, place)
        if denied:
            texts, place = denied
            without += texts
            continue
        piece, place = pieces[place], place + 1
        if piece.minus:
            without.append(piece.text)
        elif piece.field:
            _put_field(piece, fields, words)
        else:
            (phrases if piece.quoted else words).append(piece.text)
    return Understood(tuple(words), tuple(phrases), _once(without), tuple(fields), left_out=left_out)


def literal(text: str) -> tuple[str, ...]:
    """The plain words of ``text`` as they stand where some of them were taken for "not": "No Woman No Cry" is a title.

    Nothing where none was.
    """
    pieces, _ = _pieces(text)
    denying = any(piece.plain and fold(piece.text) in NOT for piece in pieces)
    return tuple(piece.text for piece in pieces if piece.plain) if denying and all(p.plain for p in pieces) else ()


def _pieces(text: str) -> tuple[list[_Piece], int]:
    """The pieces of the first words, and how many words were left out."""
    typed = _CONTROL.sub(" ", printable(text)).translate(_QUOTES).split()
    read = " ".join(word[:LONGEST_WORD] for word in typed[:LONGEST])
    return list(_split(read)), max(0, len(typed) - LONGEST)


def _split(text: str) -> Iterator[_Piece]:
    for found in _PIECE.finditer(text):
        quoted = found["quoted"] is not None
        said = " ".join(found["quoted"].split()) if quoted else _trimmed(found["word"] or "")
        if said and said not in _SEPARATORS:
            yield _Piece(said, quoted, bool(found["minus"]), (found["field"] or "").lower())


def _trimmed(word: str) -> str:
    """A word without the marks of a sentence around it; marks alone stay as they are."""
    return word.strip(",;").rstrip(".?!") or word.strip(",;")


# --------------------------------------------------------------------------------------------------------- not


def _denied(pieces: Sequence[_Piece], place: int) -> tuple[list[str], int] | None:
    """What the word at ``place`` says shall not be there, and the place behind it; None where it says nothing so."""
    if not _is(pieces[place], NOT):
        return None
    found = list[str]()
    while True:
        start = place + 1
        while start < len(pieces) - 1 and _is(pieces[start], FILLERS):
            start += 1
        if start >= len(pieces) or pieces[start].minus or pieces[start].field:
            break
        text, place = _noun(pieces, start)
        found.append(text)
        if place >= len(pieces) or not _is(pieces[place], OR):
            break
    return (found, place) if found else None


def _is(piece: _Piece, words: frozenset[str]) -> bool:
    return piece.plain and fold(piece.text) in words


def _noun(pieces: Sequence[_Piece], place: int) -> tuple[str, int]:
    """A word, or two that are one name; and the place behind."""
    first, after = pieces[place], place + 1
    if after < len(pieces) and _is(first, MODIFIERS) and pieces[after].plain:
        second = fold(pieces[after].text)
        if second in _PAIRED.get(fold(first.text), (second,)) and second not in NOT | OR:
            return f"{first.text} {pieces[after].text}", after + 1
    return first.text, after


# ------------------------------------------------------------------------------------------------------ fields


def _put_field(piece: _Piece, fields: list[tuple[str, str]], words: list[str]) -> None:
    if piece.field != "year":
        fields.append((piece.field, piece.text))
    elif years := _years(piece.text):
        fields.append(("year", years))
    else:
        words.append(piece.text)


def _years(text: str) -> str:
    """A year or a range as "1990" or "1990-1999"; "" for what is neither."""
    text = text.strip().casefold()
    if re.fullmatch(r"\d{4}", text):
        return text
    if decade := _DECADE.fullmatch(text):
        return _decade(decade[1])
    if (span := _RANGE.fullmatch(text)) and (span[1] or span[2]):
        first, last = sorted((span[1] or "1000", span[2] or "2999"))
        return f"{first}-{last}"
    return ""


def _decade(digits: str) -> str:
    """The years of "199" or "9" written before "0s"; of two digits, those that recordings are of."""
    century = "" if len(digits) == 3 else "20" if int(digits) < 3 else "19"
    return f"{century}{digits}0-{century}{digits}9"


def _once(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple({fold(text): text for text in reversed(texts)}.values())[::-1]
