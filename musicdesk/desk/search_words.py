"""What an answer says of its question in words: what was left out, taken for something else, or could not be asked."""

from collections.abc import Iterator, Sequence
from unicodedata import name

from musicdesk.encoders.sentences import MINILM
from musicdesk.records import MOODS
from musicdesk.records.searching import Hit, Reason, Understood
from musicdesk.semantic.query import LONGEST
from musicdesk.semantic.said_of_music import FEELS
from musicdesk.semantic.search import SOUND, WITHOUT
from musicdesk.semantic.wording import asked_for, spread

NOTHING_ASKED = "Type what to search for: a name, a mood, an instrument, or what the music is for."
GUESSED = "No word of it is known here; it is a guess what it means."
ENGLISH = (
    "MiniLM reads English; for other languages there are other models of the hub. "
    "Run: musicdesk models install sentences:NAME"
)
SHOWN = 60
"""Letters of a query that are said again."""
SAID = 5
"""Words by which a hit is explained, of all parts together."""
LITTLE = 0.15
"""A part with a smaller share of the score is not worth a word."""


def asks(understood: Understood) -> bool:
    """Whether anything is asked for."""
    return bool(understood.words or understood.phrases or understood.without or understood.fields)


def told(
    query: str, understood: Understood, *, found: bool, guessed: bool = False, reader: str = "", lacks: str = ""
) -> str:
    """The sentence of an answer; "" if there is nothing to tell.

    ``guessed``: no word of the query is known, here or of music; ``reader``: what would have read them.
    """
    sentences = [*_told(query, understood, found=found)]
    if guessed and found:
        sentences.append(GUESSED)
    if (guessed or not found) and reader == MINILM and not lacks and _foreign(understood):
        sentences.append(ENGLISH)
    return " ".join([*sentences, *([lacks] if lacks else [])])


def why(hit: Hit) -> str:
    """Why a track was found, in words: "piano, slow; sounds like it; no vocals; but loud"."""
    much = [reason for reason in hit.reasons if abs(reason.amount) >= LITTLE] or list(hit.reasons[:1])
    said, but = _words([r for r in much if r.amount > 0]), _words([r for r in much if r.amount <= 0], against=True)
    sounds = ["sounds like it" for r in much if r.part == SOUND and r.amount > 0]
    lacks = [f"no {word}" for r in much if r.part == WITHOUT and r.amount > 0 for word in r.words]
    return "; ".join(
        [*([", ".join(said)] if said else []), *sounds, *lacks, *([f"but {', '.join(but)}"] if but else [])]
    )


def unknown_moods(understood: Understood) -> tuple[str, ...]:
    """Moods that are asked for by their field and that nobody knows."""
    asked = [value for name, value in understood.fields if name == "mood"]
    return tuple(value for value in asked if not any(word in FEELS for word in spread(asked_for([value]))))


def _told(query: str, understood: Understood, *, found: bool) -> Iterator[str]:
    if not found:
        yield f"Nothing fits “{_short(query)}”."
    if understood.left_out:
        yield f"The first {LONGEST} words were read; {understood.left_out} more were left out."
    for typed, meant in understood.corrected:
        yield f"“{_short(typed)}” was taken for “{meant}”."
    for mood in unknown_moods(understood):
        yield f"There is no mood “{_short(mood)}”; there are {', '.join(MOODS)}."
    if "year:" in query.casefold() and not any(name == "year" for name, _ in understood.fields):
        yield "What stands behind “year:” is no year; write year:1994, year:1990-1999 or year:90s."


def _foreign(understood: Understood) -> bool:
    """Whether letters of another script than the Latin one are asked for."""
    return any(sign.isalpha() and not name(sign, "").startswith("LATIN") for sign in understood.meaning)


def _words(reasons: Sequence[Reason], *, against: bool = False) -> list[str]:
    """The words of some reasons, the strongest first, each once; of what is not wanted only where it is there."""
    words = [word for reason in reasons if against or reason.part != WITHOUT for word in reason.words]
    return list(dict.fromkeys(words))[:SAID]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
